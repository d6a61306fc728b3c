package org.jacreg.bounds.certify;

import java.util.Arrays;

/** Of a maximum: the entries that may be the largest get nonnegative shares that add up to one. */
final class Shares extends WindowFactors {

    private final int size;

    /** For every sample and window. */
    private final int[][][] candidates;

    /** For some of the samples. */
    Shares(MaximumNode node, NodeBounds in, int[] samples) {
        this.size = node.size();
        this.candidates = new int[in.lower.length / in.size][][];
        for (int n : samples) {
            if (candidates[n] == null) {
                int[][] windows = new int[size][];
                Arrays.setAll(windows, i -> node.candidates(i, in, n));
                candidates[n] = windows;
            }
        }
    }

    @Override
    void span(int sample, int i, double[] coefficients, int offset, double[] ends) {
        ends[0] = Double.POSITIVE_INFINITY;
        ends[1] = Double.NEGATIVE_INFINITY;
        for (int j : candidates[sample][i]) {
            ends[0] = Math.min(ends[0], coefficients[offset + j]);
            ends[1] = Math.max(ends[1], coefficients[offset + j]);
        }
    }

    @Override
    void charge(int sample, int i, double magnitude, double[] errors, int offset) {
        for (int j : candidates[sample][i]) {
            errors[offset + j] += 8 * Rounding.gamma(size) * magnitude;
        }
    }

    @Override
    boolean fixed(int sample, int i) {
        return candidates[sample][i].length == 1;
    }
}
