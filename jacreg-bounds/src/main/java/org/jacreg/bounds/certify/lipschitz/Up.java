package org.jacreg.bounds.certify.lipschitz;

/** Outward rounding of numbers computed in double precision. */
final class Up {

    /** Units of 2^-52 that cover every step but the sum itself: a few products, a root. */
    private static final long STEPS = 64;

    /** More than underflow can lose in a sum. */
    private static final double TINY = 0x1p-900;

    private Up() {}

    /** An upper bound of the exact sum of {@code terms} nonnegative terms, a few products each, behind a computed one. */
    static double sum(double computed, long terms) {
        return computed * (1 + (terms + STEPS) * 0x1p-52) + TINY;
    }

    static double[] sums(double[] computed, long terms) {
        double[] result = new double[computed.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = sum(computed[i], terms);
        }
        return result;
    }

    /** An upper bound of the product of two nonnegative numbers; 0 times anything is 0. */
    static double times(double a, double b) {
        return a == 0 || b == 0 ? 0 : Math.nextUp(a * b);
    }

    /** An upper bound of the Euclidean norm, infinite if a number is. */
    static double norm2(double[] values) {
        double largest = max(values);
        if (largest == 0 || !(largest < Double.POSITIVE_INFINITY)) {
            return largest;
        }
        int exponent = Math.getExponent(largest);
        double squares = 0;
        for (double v : values) {
            double scaled = Math.scalb(v, -exponent);
            squares += scaled * scaled;
        }
        return Math.scalb(sum(Math.sqrt(squares), values.length), exponent) + TINY;
    }

    /** An upper bound of the sum of absolute values. */
    static double norm1(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += Math.abs(v);
        }
        return sum(sum, values.length);
    }

    static double max(double[] values) {
        double max = 0;
        for (double v : values) {
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    /** An upper bound of {@code gamma_n = n u / (1 - n u)} in float64, with some operations to spare. */
    static double gamma(long n) {
        return (n + STEPS) * 0x1p-52;
    }
}
