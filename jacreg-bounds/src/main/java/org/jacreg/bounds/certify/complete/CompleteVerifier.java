package org.jacreg.bounds.certify.complete;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jacreg.bounds.certify.complete.Verdict.Proved;
import org.jacreg.bounds.certify.complete.Verdict.Refuted;
import org.jacreg.bounds.certify.complete.Verdict.Unknown;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one class wins everywhere in an l_inf ball, for dense rectifier networks, by branch and bound over the rectifiers'
 * states.
 *
 * <p>For every other class the least value of {@code z_c - z_j} is bounded from below by intervals and one backward pass of lines (CROWN).
 * Where that does not decide, the open rectifier with the largest gap between its lines is split into active and inactive. When no
 * rectifier is open, the network is affine and the question a linear program: its dual gives a bound, which is recomputed with outward
 * rounding, and its primal a point, which is evaluated.
 *
 * <p>A proof is one in real arithmetic; our own rounding is accounted for. A margin within rounding of 0 ends as {@link Unknown}.
 *
 * <p>Source: Bunel et al. (2018), "A unified view of piecewise linear neural network verification", arXiv 1711.00455; the lines are those
 * of Zhang et al. (2018), arXiv 1811.00866.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class CompleteVerifier {

    private final LayeredNetwork network;
    private final DenseRectifiers net;
    private final long largestNodes;

    private CompleteVerifier(LayeredNetwork network, long largestNodes) {
        this.network = network;
        this.net = DenseRectifiers.of(network);
        this.largestNodes = largestNodes;
    }

    /**
     * Makes a verifier.
     *
     * @param network dense layers with a rectifier between any two
     * @param largestNodes how many boxes with decided rectifiers may be looked at for one question, at least 1
     * @return the verifier
     * @throws IllegalArgumentException if the network has other layers or one class only, or no node is allowed
     */
    public static CompleteVerifier of(LayeredNetwork network, long largestNodes) {
        if (largestNodes < 1) {
            throw new IllegalArgumentException(
                    "complete verification: got " + largestNodes + " nodes, wanted at least 1");
        }
        return new CompleteVerifier(network, largestNodes);
    }

    /**
     * The network.
     *
     * @return what is verified
     */
    public LayeredNetwork network() {
        return network;
    }

    /**
     * The budget of one question.
     *
     * @return how many boxes with decided rectifiers may be looked at
     */
    public long largestNodes() {
        return largestNodes;
    }

    /**
     * Whether a class wins everywhere in the part of an l_inf ball that lies in the input box.
     *
     * @param x the centre; not modified
     * @param label the class
     * @param radius the radius, nonnegative
     * @param box the input box
     * @return the verdict
     * @throws IllegalArgumentException if {@code x} has another length, is not finite or leaves the box, there is no such class, or the
     *     radius is negative or not finite
     * @throws CancellationException if the thread is interrupted
     */
    public Verdict verify(double[] x, int label, double radius, InputBox box) {
        check(x, label, radius, box);
        double[] low = new double[x.length];
        double[] high = new double[x.length];
        for (int k = 0; k < x.length; k++) {
            low[k] = Math.max(box.lower(), radius == 0 ? x[k] : Math.nextDown(x[k] - radius));
            high[k] = Math.min(box.upper(), radius == 0 ? x[k] : Math.nextUp(x[k] + radius));
        }
        long nodes = 0;
        @Nullable Verdict open = null;
        for (int rival = 0; rival < net.biases[net.hidden()].length; rival++) {
            if (rival != label) {
                Verdict verdict = new Search(label, rival, low, high).run(largestNodes - nodes);
                if (verdict instanceof Refuted) {
                    return verdict;
                }
                nodes += verdict instanceof Proved proved ? proved.nodes() : ((Unknown) verdict).nodes();
                open = verdict instanceof Unknown ? verdict : open;
            }
        }
        return open == null ? new Proved(nodes) : open;
    }

    private void check(double[] x, int label, double radius, InputBox box) {
        int inputs = net.weights[0][0].length;
        int classes = net.biases[net.hidden()].length;
        boolean fits = x.length == inputs && label >= 0 && label < classes;
        if (!fits || !(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("complete verification: got " + x.length + " numbers, class " + label
                    + " and radius " + radius + ", wanted " + inputs + " numbers, a class in [0, " + classes
                    + ") and a nonnegative finite radius");
        }
        for (double v : x) {
            if (!(Math.abs(v) < Double.POSITIVE_INFINITY) || !box.contains(v)) {
                throw new IllegalArgumentException(
                        "complete verification: the sample holds " + v + ", wanted finite numbers in " + box);
            }
        }
    }

    /** The search for one pair of classes. */
    private final class Search {

        private final int label;
        private final int rival;
        private final double[] low;
        private final double[] high;
        private final double[] functional;
        private final LinearPrograms programs;

        Search(int label, int rival, double[] low, double[] high) {
            this.label = label;
            this.rival = rival;
            this.low = low;
            this.high = high;
            this.functional = new double[net.biases[net.hidden()].length];
            functional[label] = 1;
            functional[rival] = -1;
            this.programs = new LinearPrograms(low, high, net.operations);
        }

        Verdict run(long budget) {
            Deque<int[][]> todo = new ArrayDeque<>();
            todo.push(Arrays.stream(net.weights)
                    .limit(net.hidden())
                    .map(w -> new int[w.length])
                    .toArray(int[][]::new));
            long nodes = 0;
            boolean undecided = false;
            while (!todo.isEmpty()) {
                if (nodes >= budget) {
                    return new Unknown(nodes, "looked at all " + largestNodes + " nodes that were allowed");
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("complete verification: interrupted after " + nodes + " nodes");
                }
                nodes++;
                Verdict here = look(todo.pop(), todo);
                if (here instanceof Refuted) {
                    return here;
                }
                undecided |= here instanceof Unknown;
            }
            return undecided ? new Unknown(nodes, "a margin is 0 up to rounding") : new Proved(nodes);
        }

        /** Decides one node, or splits it and gives null. */
        private @Nullable Verdict look(int[][] states, Deque<int[][]> todo) {
            Intervals bounds = new Intervals(net, low, high, states);
            if (bounds.empty) {
                return null;
            }
            AffineBelow below = new AffineBelow(net, bounds, net.hidden(), functional, 0);
            if (programs.bound(below, List.of()) > 0) {
                return null;
            }
            Refuted found = tryPoint(programs.corner(below));
            if (found != null) {
                return found;
            }
            if (below.worstLayer >= 0) {
                split(states, below.worstLayer, below.worstUnit, todo);
                return null;
            }
            List<AffineBelow> constraints = constraints(bounds, states);
            if (programs.bound(below, constraints) > 0) {
                return null;
            }
            double[] point = programs.minimiser(below, constraints);
            found = point == null ? null : tryPoint(point);
            if (found != null) {
                return found;
            }
            for (AffineBelow constraint : constraints) {
                if (constraint.worstLayer >= 0) {
                    split(states, constraint.worstLayer, constraint.worstUnit, todo);
                    return null;
                }
            }
            return new Unknown(1, "a margin is 0 up to rounding");
        }

        private @Nullable Refuted tryPoint(double[] point) {
            double[] z = net.logits(point);
            double margin = z[label] - z[rival];
            return margin <= 0 ? new Refuted(point, rival, margin) : null;
        }

        private void split(int[][] states, int layer, int unit, Deque<int[][]> todo) {
            for (int state : new int[] {1, -1}) {
                int[][] copy = Arrays.stream(states).map(int[]::clone).toArray(int[][]::new);
                copy[layer][unit] = state;
                todo.push(copy);
            }
        }

        /** Functions that are not positive where the rectifiers have the states that were decided. */
        private List<AffineBelow> constraints(Intervals bounds, int[][] states) {
            List<AffineBelow> result = new ArrayList<>();
            for (int l = 0; l < states.length; l++) {
                for (int i = 0; i < states[l].length; i++) {
                    if (states[l][i] != 0) {
                        double[] row = new double[states[l].length];
                        row[i] = -states[l][i];
                        result.add(new AffineBelow(net, bounds, l, row, 0));
                    }
                }
            }
            return result;
        }
    }
}
