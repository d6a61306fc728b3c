package org.jacreg.bounds.certify;

/**
 * What is known of one node's values in a batch of samples; arrays are row-major [samples, size].
 *
 * <p>{@code error} holds, for every number, how far it may be from what the node's op gives on its inputs, plus what a functional with
 * coefficient 1 loses to our own rounding when it is carried to the inputs.
 */
final class NodeBounds {

    final int size;
    final double[] lower;
    final double[] upper;
    final double[] error;

    NodeBounds(int samples, int size) {
        this.size = size;
        this.lower = new double[Math.multiplyExact(samples, size)];
        this.upper = new double[lower.length];
        this.error = new double[lower.length];
    }

    double magnitude(int at) {
        return Math.max(Math.abs(lower[at]), Math.abs(upper[at]));
    }

    /** {@code max(|lower|, |upper|)}, a fresh array. */
    double[] magnitudes() {
        double[] result = new double[lower.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = magnitude(i);
        }
        return result;
    }
}
