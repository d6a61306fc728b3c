package org.jacreg.bounds.rounding;

/**
 * Operations on upper bounds of nonnegative numbers whose results are upper bounds again.
 *
 * <p>Addition, product, quotient and root are correctly rounded by Java, so the next double above is a bound; logarithm,
 * exponential and power err by one unit in the last place, so two steps are taken. What exceeds the largest double becomes
 * infinity, an upper bound still. An exact zero stays zero, and zero times infinity is zero: infinity stands for a large
 * finite number. NaN in, NaN out: the caller checks.
 */
public final class RoundUp {

    private RoundUp() {}

    /**
     * {@code a + b + ...}.
     *
     * @param terms nonnegative numbers. Not modified.
     * @return an upper bound of the sum; 0 for no terms
     */
    public static double sum(double... terms) {
        double sum = 0;
        for (double term : terms) {
            sum = sum == 0 || term == 0 ? sum + term : Math.nextUp(sum + term);
        }
        return sum;
    }

    /**
     * {@code a b ...}.
     *
     * @param factors nonnegative numbers. Not modified.
     * @return an upper bound of the product; 0 as soon as one factor is 0; 1 for no factors
     */
    public static double product(double... factors) {
        double product = 1;
        boolean zero = false;
        for (double factor : factors) {
            if (Double.isNaN(factor)) {
                return Double.NaN;
            }
            zero |= factor == 0;
            product = product == 1 || factor == 1 ? product * factor : Math.nextUp(product * factor);
        }
        return zero ? 0 : product;
    }

    /**
     * {@code a / b}.
     *
     * @param a an upper bound of the numerator, nonnegative
     * @param b a lower bound of the denominator, positive
     * @return an upper bound of the quotient; 0 for {@code a = 0}
     */
    public static double quotient(double a, double b) {
        return a == 0 || b == 1 ? a / b : Math.nextUp(a / b);
    }

    /**
     * {@code sqrt(a)}.
     *
     * @param a a nonnegative number
     * @return an upper bound of the root
     */
    public static double sqrt(double a) {
        return a == 0 || a == 1 ? a : Math.nextUp(Math.sqrt(a));
    }

    /**
     * {@code ln(a)}.
     *
     * @param a a number of at least 1
     * @return an upper bound of the logarithm; 0 for 1
     */
    public static double log(double a) {
        return a == 1 ? 0 : twice(Math.log(a));
    }

    /**
     * {@code ln(1 + a)}.
     *
     * @param a a nonnegative number
     * @return an upper bound of the logarithm; 0 for 0
     */
    public static double log1p(double a) {
        return a == 0 ? 0 : twice(Math.log1p(a));
    }

    /**
     * {@code a^b}.
     *
     * @param a a nonnegative number
     * @param b the exponent, a positive number taken as exact
     * @return an upper bound of the power; 0 for 0
     */
    public static double pow(double a, double b) {
        return a == 0 || a == 1 || b == 1 ? a : twice(Math.pow(a, b));
    }

    private static double twice(double value) {
        return Math.nextUp(Math.nextUp(value));
    }
}
