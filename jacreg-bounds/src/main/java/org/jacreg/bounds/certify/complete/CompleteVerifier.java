package org.jacreg.bounds.certify.complete;

import java.util.ArrayList;
import java.util.Comparator;
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
 * <p>For every other class the least value of {@code z_c - z_j} is bounded from below by CROWN's lines, after intervals and lines have
 * bounded the rectifiers' arguments. Where that does not decide, steps down the gradient look for a counterexample; then the linear
 * program over the inputs and the outputs of the open rectifiers is solved. Its dual gives a bound, which is recomputed with outward
 * rounding, its primal a point, which is evaluated, and the open rectifier to split into active and inactive. When none is open the
 * program is exact.
 *
 * <p>A proof is one in real arithmetic; our own rounding is accounted for. A margin within rounding of 0 ends as {@link Unknown}.
 *
 * <p>Source: Bunel et al. (2018), "A unified view of piecewise linear neural network verification", arXiv 1711.00455, with the linear
 * programs of Ehlers (2017), arXiv 1705.01320; the lines are those of Zhang et al. (2018), arXiv 1811.00866, the multipliers of decisions
 * and lines those of Wang et al. (2021), arXiv 2103.06624.
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
        Intervals bounds = new Intervals(net, low, high, net.undecided());
        List<Search> open = new ArrayList<>();
        long nodes = 0;
        for (int rival = 0; rival < net.biases[net.hidden()].length; rival++) {
            if (rival != label) {
                Search search = new Search(net, bounds, low, high, label, rival);
                nodes += search.proved() ? 1 : 0;
                open.addAll(search.proved() ? List.of() : List.of(search));
            }
        }
        open.sort(Comparator.comparingDouble(Search::bound));
        for (Search search : open) {
            Refuted found = search.descend();
            if (found != null) {
                return found.after(nodes);
            }
        }
        @Nullable Unknown unknown = nodes > largestNodes ? new Unknown(nodes, Search.OUT_OF_NODES) : null;
        for (Search search : open) {
            Verdict verdict = search.run(largestNodes - nodes);
            if (verdict instanceof Refuted found) {
                return found.after(nodes);
            }
            nodes += verdict.nodes();
            unknown = verdict instanceof Unknown more ? more : unknown;
        }
        return unknown == null ? new Proved(nodes) : new Unknown(nodes, unknown.reason());
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
}
