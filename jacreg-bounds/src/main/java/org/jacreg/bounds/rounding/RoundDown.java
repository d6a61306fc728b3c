package org.jacreg.bounds.rounding;

/** The counterparts of {@link RoundUp}: lower bounds of positive numbers. NaN in, NaN out. */
public final class RoundDown {

    private RoundDown() {}

    /**
     * {@code a / b}.
     *
     * @param a a lower bound of the numerator, nonnegative
     * @param b an upper bound of the denominator, positive; infinity stands for a large finite number
     * @return a lower bound of the quotient, nonnegative
     */
    public static double quotient(double a, double b) {
        return atLeastZero(Math.nextDown(a / b));
    }

    /**
     * {@code a - b}.
     *
     * @param a a lower bound
     * @param b an upper bound, at most {@code a}
     * @return a lower bound of the difference, nonnegative
     */
    public static double difference(double a, double b) {
        return atLeastZero(Math.nextDown(a - b));
    }

    /**
     * {@code (1 + a)^(1/k) - 1}.
     *
     * @param a a lower bound, nonnegative
     * @param k the order of the root, at least 1
     * @return a lower bound, nonnegative
     */
    public static double rootMinusOne(double a, int k) {
        double log = twice(Math.log1p(a));
        return atLeastZero(twice(Math.expm1(atLeastZero(Math.nextDown(log / k)))));
    }

    private static double twice(double value) {
        return Math.nextDown(Math.nextDown(value));
    }

    private static double atLeastZero(double value) {
        return value < 0 ? 0 : value;
    }
}
