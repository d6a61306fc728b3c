package org.jacreg.bounds.certify;

/**
 * What derivatives by the values of a node of windows are multiplied with on their way to those by its input's: factors that are known within
 * bounds, sample by sample.
 */
abstract sealed class WindowFactors permits Partials, Shares {

    /**
     * Bounds of {@code sum_t c_t D_t} for number i of a sample, D the factors of its window, to a few roundings for each term.
     *
     * @param coefficients of the input's numbers, of which a row starts at {@code offset}
     * @param ends takes the bounds
     */
    abstract void span(int sample, int i, double[] coefficients, int offset, double[] ends);

    /** Adds to the errors of a row of the input's derivatives what rounding loses in {@link #span}, for one number of magnitude g. */
    abstract void charge(int sample, int i, double magnitude, double[] errors, int offset);

    /** Whether the factors are known, being one 1. */
    abstract boolean fixed(int sample, int i);
}
