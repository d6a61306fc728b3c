package org.jacreg.bounds.certify.complete;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import org.jacreg.bounds.certify.complete.Verdict.Proved;
import org.jacreg.bounds.certify.complete.Verdict.Refuted;
import org.jacreg.bounds.certify.complete.Verdict.Unknown;
import org.jspecify.annotations.Nullable;

/** The question about one pair of classes: branch and bound, depth first, after a look for a counterexample. */
final class Search {

    static final String OUT_OF_NODES = "looked at all nodes that were allowed";

    private static final String TIE = "a margin is 0 up to rounding";

    /** Steps of descent from each start. */
    private static final int STEPS = 12;

    private final DenseRectifiers net;
    private final Intervals root;
    private final double[] low;
    private final double[] high;
    private final int label;
    private final int rival;
    private final double[] functional;
    private final AffineBelow lines;

    /** What is still to be looked at: a decision on top of others. */
    private record Node(Intervals known, int layer, int unit, int state) {

        Intervals bounds() {
            return layer < 0 ? known : known.with(layer, unit, state);
        }
    }

    Search(DenseRectifiers net, Intervals root, double[] low, double[] high, int label, int rival) {
        this.net = net;
        this.root = root;
        this.low = low;
        this.high = high;
        this.label = label;
        this.rival = rival;
        this.functional = new double[net.biases[net.hidden()].length];
        functional[label] = 1;
        functional[rival] = -1;
        this.lines = new AffineBelow(net, root, net.hidden(), functional, null);
    }

    /** What lines prove of the margin in the whole box. */
    double bound() {
        return lines.least(low, high);
    }

    boolean proved() {
        return bound() > 0;
    }

    /** Looks for a counterexample by steps against the signs of the gradient, from the middle of the box and from the lines' corner. */
    @Nullable
    Refuted descend() {
        double[] middle = new double[low.length];
        for (int k = 0; k < middle.length; k++) {
            middle[k] = low[k] / 2 + high[k] / 2;
        }
        Refuted found = descend(middle);
        return found == null ? descend(lines.corner(low, high)) : found;
    }

    private @Nullable Refuted descend(double[] start) {
        double[] x = start.clone();
        for (int step = 0; step < STEPS; step++) {
            Refuted found = tryPoint(x);
            if (found != null) {
                return found;
            }
            double[] slope = net.gradient(x, functional);
            double share = 1 - step / (double) STEPS;
            for (int k = 0; k < x.length; k++) {
                double moved = x[k] - share * (high[k] - low[k]) * Math.signum(slope[k]);
                x[k] = Math.min(high[k], Math.max(low[k], moved));
            }
        }
        return tryPoint(x);
    }

    Verdict run(long budget) {
        Deque<Node> todo = new ArrayDeque<>();
        todo.push(new Node(root, -1, -1, 0));
        long nodes = 0;
        boolean undecided = false;
        while (!todo.isEmpty()) {
            if (nodes >= budget) {
                return new Unknown(nodes, OUT_OF_NODES);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("complete verification: interrupted after " + nodes + " nodes");
            }
            nodes++;
            Verdict here = look(todo.pop().bounds(), todo);
            if (here instanceof Refuted found) {
                return found.after(nodes);
            }
            undecided |= here instanceof Unknown;
        }
        return undecided ? new Unknown(nodes, TIE) : new Proved(nodes);
    }

    /** Decides one node, or splits it and gives null. */
    private @Nullable Verdict look(Intervals bounds, Deque<Node> todo) {
        if (bounds.empty) {
            return null;
        }
        AffineBelow below = new AffineBelow(net, bounds, net.hidden(), functional, null);
        if (below.least(low, high) > 0) {
            return null;
        }
        Refuted found = tryPoint(below.corner(low, high));
        if (found != null) {
            return found;
        }
        Relaxation relaxation = new Relaxation(net, bounds, low, high, functional);
        if (relaxation.bound() > 0) {
            return null;
        }
        double[] point = relaxation.point();
        found = tryPoint(point);
        if (found != null) {
            return found;
        }
        int[] split = relaxation.split();
        if (split == null) {
            return new Unknown(1, TIE);
        }
        // the side of the point is looked at first
        int side = relaxation.active(split) ? 1 : -1;
        todo.push(new Node(bounds, split[0], split[1], -side));
        todo.push(new Node(bounds, split[0], split[1], side));
        return null;
    }

    private @Nullable Refuted tryPoint(double[] point) {
        double[] z = net.logits(point);
        double margin = z[label] - z[rival];
        return margin <= 0 ? new Refuted(point.clone(), rival, margin, 0) : null;
    }
}
