package org.jacreg.bounds.rademacher;

/**
 * Outward rounding of nonnegative numbers computed in double precision. {@link org.jacreg.bounds.rounding.ComputedSums} allows for a few
 * products and a root; here gamma functions, logarithms and powers stand before and behind the sums, and there are lower bounds.
 */
final class Rounding {

    /** Units of 2^-52 that cover every step but the long sums: logarithm, root, power, gamma function, scaling. */
    private static final long STEPS = 1 << 12;

    private Rounding() {}

    /**
     * An upper bound of the exact value behind {@code computed}, a product of sums of at most {@code terms} nonnegative
     * terms. Each addition errs by 2^-53 at most; 2^-40 relative is left for the other steps. Zero stays zero: such a
     * computed zero is exact, because the sample is scaled.
     */
    static double up(double computed, long terms) {
        return computed == 0 ? 0 : Math.nextUp(computed * (1 + (terms + STEPS) * 0x1p-52));
    }

    /** A lower bound of the exact value behind {@code computed}, with the allowance of {@link #up} on both sides. */
    static double down(double computed, long terms) {
        return computed == 0 ? 0 : Math.nextDown(computed * (1 - 2 * (terms + STEPS) * 0x1p-52));
    }
}
