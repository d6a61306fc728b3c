package org.jacreg.bounds.network;

/**
 * {@code erf(x) = 2 / sqrt(pi) int_0^x exp(-t^2) dt}, to a few units in the last place of 1.
 *
 * <p>Near 0 by the series {@code erf(x) = 2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 3 5 ... (2n+1))}, all terms of which have one sign;
 * further out by the continued fraction {@code erfc(x) = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))))}
 * (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14).
 */
final class ErrorFunction {

    private static final double SERIES = 2.5;
    private static final int LEVELS = 60;

    /** From here on erf is 1 in float64. */
    private static final double FLAT = 6;

    private ErrorFunction() {}

    static double value(double x) {
        double a = Math.abs(x);
        return Math.copySign(a < SERIES ? series(a) : 1 - complement(a), x);
    }

    /** {@code 2 / sqrt(pi) exp(-x^2)}. */
    static double derivative(double x) {
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
    }

    /** The distribution function of the standard normal law. */
    static double normal(double x) {
        double a = -x / Math.sqrt(2);
        return a < SERIES ? (1 - value(a)) / 2 : complement(a) / 2;
    }

    /** Its density. */
    static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > 0x1p-60 * sum; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return derivative(x) * sum;
    }

    private static double complement(double x) {
        if (x > 27) {
            // below the smallest number
            return 0;
        }
        int levels = x < FLAT ? LEVELS : LEVELS / 3;
        double tail = x;
        for (int k = levels; k > 0; k--) {
            tail = x + k / 2.0 / tail;
        }
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
    }
}
