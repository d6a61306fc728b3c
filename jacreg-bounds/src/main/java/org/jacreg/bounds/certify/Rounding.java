package org.jacreg.bounds.certify;

/** The rounding of our own computation, which is in float64. */
final class Rounding {

    /** Numbers above this count as overflow, so that nothing here overflows on the way, and underflow is below {@link #TINY}. */
    static final double LARGEST = 0x1p400;

    /** More than all that underflow can lose in a pass over one node. */
    static final double TINY = 0x1p-500;

    static final double UNIT = 0x1p-53;

    private Rounding() {}

    /** An upper bound of {@code gamma_n}, for fewer than 2^40 operations. */
    static double gamma(long n) {
        return (n + 16) * 0x1p-52;
    }

    /** Above a computed sum of nonnegative numbers' exact value. */
    static double up(double sum) {
        return sum * (1 + 0x1p-20);
    }
}
