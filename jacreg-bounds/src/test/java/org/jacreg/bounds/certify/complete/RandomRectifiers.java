package org.jacreg.bounds.certify.complete;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;

/** Random networks of dense layers with rectifiers between them, and boxes with decisions that hold somewhere in them. */
final class RandomRectifiers {

    private RandomRectifiers() {}

    /** Arguments of the rectifiers are of order one for inputs in [-1, 1]. */
    static LayeredNetwork network(Random random, int... widths) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            double[][] rows = new double[widths[l]][widths[l - 1]];
            for (double[] row : rows) {
                for (int k = 0; k < row.length; k++) {
                    row[k] = random.nextGaussian() * Math.sqrt(2.0 / row.length);
                }
            }
            layers.add(new Affine(
                    "dense", rows, random.doubles(widths[l], -0.3, 0.3).toArray()));
            if (l < widths.length - 1) {
                layers.add(new Activation("relu", ActivationFunction.of(Kind.RELU), widths[l]));
            }
        }
        return LayeredNetwork.of(layers);
    }

    /** The class that wins, the first of equals. */
    static int top(double[] z) {
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            top = z[c] > z[top] ? c : top;
        }
        return top;
    }

    /** A box, decisions, and points: the first obeys them. */
    static final class Region {

        final DenseRectifiers net;
        final double[] low;
        final double[] high;
        final Intervals bounds;
        final List<double[]> points = new ArrayList<>();

        private final LayeredNetwork network;
        private final int[][] states;

        Region(Random random, int... widths) {
            network = network(random, widths);
            net = DenseRectifiers.of(network);
            double radius = 0.1 + random.nextDouble();
            low = random.doubles(widths[0], -1, 1).map(v -> v - radius).toArray();
            high = new double[low.length];
            for (int k = 0; k < low.length; k++) {
                high[k] = low[k] + 2 * radius;
            }
            double[] first = inside(random);
            List<double[]> there = network.values(first);
            states = net.undecided();
            Intervals known = new Intervals(net, low, high, net.undecided());
            for (int n = 0; n < 4; n++) {
                int l = random.nextInt(states.length);
                int i = random.nextInt(states[l].length);
                if (states[l][i] == 0) {
                    states[l][i] = there.get(2 * l)[i] > 0 ? 1 : -1;
                    known = known.with(l, i, states[l][i]);
                }
            }
            bounds = known;
            for (int n = 0; n < 400; n++) {
                double[] x = n == 0 ? first : n % 2 == 0 ? inside(random) : between(random, first, inside(random));
                if (obeys(x)) {
                    points.add(x);
                }
            }
        }

        private double[] inside(Random random) {
            double[] x = new double[low.length];
            for (int k = 0; k < x.length; k++) {
                double share = random.nextBoolean() ? random.nextInt(2) : random.nextDouble();
                x[k] = Math.min(high[k], low[k] + share * (high[k] - low[k]));
            }
            return x;
        }

        private static double[] between(Random random, double[] a, double[] b) {
            double share = random.nextDouble();
            double[] x = new double[a.length];
            for (int k = 0; k < x.length; k++) {
                x[k] = a[k] + share * (b[k] - a[k]);
            }
            return x;
        }

        private boolean obeys(double[] x) {
            for (int l = 0; l < states.length; l++) {
                for (int i = 0; i < states[l].length; i++) {
                    if (states[l][i] * arguments(x, l)[i] < 0) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** What goes into the rectifiers of a layer; the logits after the last. */
        double[] arguments(double[] x, int layer) {
            return network.values(x).get(2 * layer);
        }
    }
}
