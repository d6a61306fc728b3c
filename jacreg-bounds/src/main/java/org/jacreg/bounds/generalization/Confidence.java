package org.jacreg.bounds.generalization;

import org.jacreg.bounds.rounding.RoundUp;

/** What the size of the sample and the probability of failure add to a bound. */
final class Confidence {

    private Confidence() {}

    static void require(long n, double delta) {
        requireDelta(delta);
        if (n < 2) {
            throw new IllegalArgumentException("sample size n: got " + n
                    + ", wanted at least 2; an empty sample or a single point says nothing about others");
        }
    }

    static void requireDelta(double delta) {
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException(
                    "probability of failure delta: got " + delta + ", wanted a number between 0 and 1, both excluded");
        }
    }

    /** {@code ln(factor / delta)} rounded up, for a factor of at least 1. */
    static double log(double factor, double delta) {
        return RoundUp.log(RoundUp.quotient(factor, delta));
    }

    /** {@code 3 M sqrt((ln(2/delta) + w) / (2n))}: symmetrization and McDiarmid's inequality, failing with {@code delta e^-w}. */
    static double deviation(double range, double logWeight, long n, double delta) {
        double mean = RoundUp.quotient(RoundUp.sum(log(2, delta), logWeight), 2.0 * n);
        return RoundUp.product(3, range, RoundUp.sqrt(mean));
    }

    /** A positive lower bound of {@code n - 1}, for n of at least 2. */
    static double lessOne(long n) {
        return Math.nextDown((double) (n - 1));
    }
}
