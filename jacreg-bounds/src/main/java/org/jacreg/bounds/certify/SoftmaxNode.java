package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/**
 * {@code p(d) = 1 / (1 + sum_t exp(d_t))} of windows of the input: an entry of a softmax, out of the differences {@code d_t = z_t - z_i}
 * of the others' arguments to its own.
 *
 * <p>With S the sum in the denominator, for any T {@code 1 / S >= 2 / T - S / T^2}, and S is below its value with chords for the exponentials:
 * that is the plane below. The plane above is the lower one, at the middle, of {@code 1 / S <= (S_l + S_u - S) / (S_l S_u)} with tangents
 * for the exponentials, and of {@code exp(-L)} under its chord, with the convex {@code L = ln S} above its tangent plane (Wei et al. 2023,
 * "Convex bounds on the softmax function with applications to robustness verification", arXiv 2303.01713). No exponential overflows
 * where it matters: where S may be above 2^400 the planes are constants.
 */
final class SoftmaxNode extends PlaneNode {

    /** Above u, what is lost to rounding of differences to the maximum that an implementation takes: {@code p x <= 1 / e} for p = exp(-x). */
    private static final double DIFFERENCES = 4;

    private static final long OPERATIONS = 64;

    SoftmaxNode(String name, int input, int[][] windows) {
        super(name, input, windows);
    }

    @Override
    double value(double[] values, int offset, int[] window) {
        double sum = 1;
        for (int j : window) {
            sum += Math.exp(values[offset + j]);
        }
        return 1 / sum;
    }

    @Override
    void bound(NodeBounds in, int from, int[] window, NodeBounds out, Planes planes, int at, Arithmetic arithmetic) {
        Exponentials e = new Exponentials(in, from, window);
        double doubt = Rounding.gamma(4L * window.length);
        double least = 1 / e.largest - doubt;
        double most = 1 / e.least + doubt;
        double error = arithmetic.gamma(2L * window.length + OPERATIONS) * most
                + DIFFERENCES * arithmetic.unit()
                + (window.length + 1) * arithmetic.underflow();
        setRange(out, at, Math.max(least, 0), most, Rounding.up(error));
        planes.lowerIntercept[at] = Math.max(least, 0);
        planes.upperIntercept[at] = most;
        if (e.largest < Rounding.LARGEST) {
            e.below(planes, at, planes.lowerIntercept[at]);
            e.aboveByReciprocal(planes, at);
            e.aboveByLogarithm(planes, at);
        }
    }

    /** {@code -p p_t}, p_t the other entry. */
    @Override
    void derivatives(NodeBounds in, int from, int[] window, double[][] range) {
        for (int t = 0; t < window.length; t++) {
            double fewest = 1;
            double most = 1;
            for (int k = 0; k < window.length; k++) {
                if (k != t) {
                    fewest += Math.exp(in.lower[from + window[k]] - in.upper[from + window[t]]);
                    most += Math.exp(in.upper[from + window[k]] - in.lower[from + window[t]]);
                }
            }
            fewest += Math.exp(-in.upper[from + window[t]]);
            most += Math.exp(-in.lower[from + window[t]]);
            double doubt = Rounding.gamma(8L * window.length);
            double high = 1 / fewest * (1 / least(in, from, window));
            double low = 1 / most * (1 / largest(in, from, window));
            range[0][t] = -Math.min(high, 0.25) * (1 + doubt) - Rounding.TINY;
            range[1][t] = -low * (1 - doubt) + Rounding.TINY;
        }
    }

    private static double least(NodeBounds in, int from, int[] window) {
        double sum = 1;
        for (int j : window) {
            sum += Math.exp(in.lower[from + j]);
        }
        return sum;
    }

    private static double largest(NodeBounds in, int from, int[] window) {
        double sum = 1;
        for (int j : window) {
            sum += Math.exp(in.upper[from + j]);
        }
        return sum;
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("softmax");
        for (int[] window : windows()) {
            fingerprint.add(window);
        }
    }
}
