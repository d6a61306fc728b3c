package org.jacreg.bounds.certify.complete;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the rectifiers' arguments over a box, where the rectifiers obey the decisions on their states; rounded outward.
 *
 * <p>Intervals, and the backward lines of {@link AffineBelow} for what they leave open.
 */
final class Intervals {

    final double[][] lower;
    final double[][] upper;

    /** For every unit of every layer {@code |b| + |W| h} with h the largest the layer's inputs can be, in absolute values. */
    final double[][] magnitude;

    /** Whether the decisions contradict each other: they hold nowhere. */
    final boolean empty;

    private final DenseRectifiers net;
    private final double[] low;
    private final double[] high;
    private final int[][] states;

    /** @param states for every rectifier 1 if it is decided to be active, -1 to be inactive, 0 if open; kept */
    Intervals(DenseRectifiers net, double[] low, double[] high, int[][] states) {
        this(net, low, high, states, null, 0);
    }

    private Intervals(
            DenseRectifiers net, double[] low, double[] high, int[][] states, @Nullable Intervals known, int from) {
        this.net = net;
        this.low = low;
        this.high = high;
        this.states = states;
        int layers = net.weights.length;
        lower = new double[net.hidden()][];
        upper = new double[net.hidden()][];
        magnitude = new double[layers][];
        boolean contradiction = false;
        for (int l = 0; l < layers; l++) {
            magnitude[l] = known != null && l <= from ? known.magnitude[l] : magnitudes(l);
            if (l < net.hidden()) {
                lower[l] = known == null ? filled(l, Double.NEGATIVE_INFINITY) : known.lower[l].clone();
                upper[l] = known == null ? filled(l, Double.POSITIVE_INFINITY) : known.upper[l].clone();
                for (int i = 0; i < lower[l].length; i++) {
                    if (known == null || l > from) {
                        tighten(l, i);
                    }
                    decide(l, i);
                    contradiction |= lower[l][i] > upper[l][i];
                }
            }
        }
        empty = contradiction;
    }

    /** The bounds after one more decision; what is before it stays. */
    Intervals with(int layer, int unit, int state) {
        int[][] more = states.clone();
        more[layer] = states[layer].clone();
        more[layer][unit] = state;
        return new Intervals(net, low, high, more, this, layer);
    }

    /** The decision on a rectifier: 1 active, -1 inactive, 0 open. */
    int state(int layer, int unit) {
        return states[layer][unit];
    }

    /** Whether a rectifier may be active here and inactive there. */
    boolean open(int layer, int unit) {
        return lower[layer][unit] < 0 && upper[layer][unit] > 0;
    }

    private double[] filled(int l, double value) {
        double[] result = new double[net.weights[l].length];
        Arrays.fill(result, value);
        return result;
    }

    private double from(int l, int k) {
        return l == 0 ? low[k] : Math.max(lower[l - 1][k], 0);
    }

    private double to(int l, int k) {
        return l == 0 ? high[k] : Math.max(upper[l - 1][k], 0);
    }

    private double[] magnitudes(int l) {
        double[] result = new double[net.weights[l].length];
        for (int i = 0; i < result.length; i++) {
            double[] row = net.weights[l][i];
            double sum = Math.abs(net.biases[l][i]);
            for (int k = 0; k < row.length; k++) {
                sum += Math.abs(row[k]) * Math.max(Math.abs(from(l, k)), Math.abs(to(l, k)));
            }
            result[i] = sum;
        }
        return result;
    }

    private void tighten(int l, int i) {
        double[] row = net.weights[l][i];
        double least = net.biases[l][i];
        double most = least;
        for (int k = 0; k < row.length; k++) {
            double w = row[k];
            least += w * (w > 0 ? from(l, k) : to(l, k));
            most += w * (w > 0 ? to(l, k) : from(l, k));
        }
        double rounding = (row.length + 8) * 0x1p-51 * magnitude[l][i] + 0x1p-900;
        // written so that a bound that is no number changes nothing
        lower[l][i] = least - rounding > lower[l][i] ? least - rounding : lower[l][i];
        upper[l][i] = most + rounding < upper[l][i] ? most + rounding : upper[l][i];
        if (l > 0 && open(l, i) && states[l][i] == 0) {
            double[] unit = new double[net.weights[l].length];
            unit[i] = 1;
            double below = new AffineBelow(net, this, l, unit, null).least(low, high);
            lower[l][i] = below > lower[l][i] ? below : lower[l][i];
            unit[i] = -1;
            double above = -new AffineBelow(net, this, l, unit, null).least(low, high);
            upper[l][i] = above < upper[l][i] ? above : upper[l][i];
        }
    }

    private void decide(int l, int i) {
        if (states[l][i] > 0) {
            lower[l][i] = Math.max(lower[l][i], 0);
        } else if (states[l][i] < 0) {
            upper[l][i] = Math.min(upper[l][i], 0);
        }
    }
}
