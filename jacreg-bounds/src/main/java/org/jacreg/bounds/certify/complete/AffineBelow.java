package org.jacreg.bounds.certify.complete;

import org.jspecify.annotations.Nullable;

/**
 * An affine function of the input that lies below a functional of some layer's arguments wherever the rectifiers obey their bounds and
 * the decisions on their states; found by carrying the functional back.
 *
 * <p>With v the functional's coefficient of a rectifier's output z, and a its argument in [l, u]: where it is active, {@code v z >= (v -
 * beta) a}; where it is inactive, {@code v z >= beta a}; where it is open, {@code v z >= p a - q (z's upper line) + min(0, (v - p + q) u)}
 * with the line {@code u (a - l) / (u - l)}, since z is at least a and in [0, u]. This holds for any multipliers {@code beta, p, q >= 0},
 * wherever they come from. Without multipliers, p and q are those of CROWN's lines.
 */
final class AffineBelow {

    double[] slope;
    double intercept;

    /** Rounding is a small multiple of this. */
    private double magnitude;

    private final long operations;

    /** Whether no line lost anything: then it is the functional itself. */
    private boolean exact = true;

    /**
     * Carries {@code row . a_layer} back, a the arguments of the rectifiers, or the logits.
     *
     * @param row kept out of harm's way
     * @param multipliers what to use for the layers before, null for CROWN's lines
     */
    AffineBelow(DenseRectifiers net, Intervals bounds, int layer, double[] row, @Nullable Multipliers multipliers) {
        operations = net.operations;
        slope = row.clone();
        for (int l = layer; l >= 0; l--) {
            double[][] w = net.weights[l];
            double[] before = new double[w[0].length];
            for (int i = 0; i < slope.length; i++) {
                double s = slope[i];
                if (s != 0) {
                    intercept += s * net.biases[l][i];
                    // covers the rounding of the coefficients: what they meet is no larger than what went into this
                    magnitude += Math.abs(s) * bounds.magnitude[l][i];
                    for (int k = 0; k < before.length; k++) {
                        before[k] += s * w[i][k];
                    }
                }
            }
            slope = before;
            for (int i = 0; l > 0 && i < slope.length; i++) {
                slope[i] = multipliers == null
                        ? line(i, bounds.lower[l - 1][i], bounds.upper[l - 1][i])
                        : multiplied(l - 1, i, bounds.lower[l - 1][i], bounds.upper[l - 1][i], multipliers);
            }
        }
    }

    private double line(int i, double lower, double upper) {
        double v = slope[i];
        if (lower >= 0) {
            return v;
        }
        if (upper <= 0) {
            return 0;
        }
        double cost = v < 0 ? v * lower * chord(lower, upper) : v * Math.min(upper, -lower);
        exact &= !(cost > 0);
        return open(v, v >= 0 && upper > -lower ? v : 0, v >= 0 ? 0 : -v, lower, upper);
    }

    private double multiplied(int layer, int i, double lower, double upper, Multipliers m) {
        if (lower >= 0) {
            return slope[i] - m.decided[layer][i];
        }
        if (upper <= 0) {
            return m.decided[layer][i];
        }
        return open(slope[i], m.lower[layer][i], m.upper[layer][i], lower, upper);
    }

    /** The coefficient of the argument. */
    private double open(double v, double p, double q, double lower, double upper) {
        double chord = chord(lower, upper);
        double rest = v - p + q;
        if (q > 0) {
            intercept += q * chord * lower;
        }
        if (rest < 0) {
            intercept += rest * upper;
        }
        magnitude += (p + q * chord) * Math.max(-lower, upper) + (Math.abs(v) + p + q) * upper;
        return p - q * chord;
    }

    /** The slope of the upper line, rounded up. */
    static double chord(double lower, double upper) {
        return upper / (upper - lower) * (1 + 0x1p-50);
    }

    /** Whether CROWN's lines lose nothing here, to rounding; says nothing where multipliers were given. */
    boolean isExact() {
        return exact;
    }

    /** A bound from below over a box, rounded outward. */
    double least(double[] low, double[] high) {
        double value = intercept;
        for (int k = 0; k < low.length; k++) {
            value += slope[k] * (slope[k] > 0 ? low[k] : high[k]);
        }
        return value - (operations + 2.0 * low.length + 64) * 0x1p-51 * magnitude - 0x1p-900;
    }

    /** The corner of a box where it is least. */
    double[] corner(double[] low, double[] high) {
        double[] point = new double[low.length];
        for (int k = 0; k < point.length; k++) {
            point[k] = slope[k] > 0 ? low[k] : high[k];
        }
        return point;
    }
}
