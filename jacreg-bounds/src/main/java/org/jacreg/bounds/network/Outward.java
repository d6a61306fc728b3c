package org.jacreg.bounds.network;

/** Outward rounding of nonnegative numbers computed in double precision. */
final class Outward {

    /** Units of 2^-52 that cover every step but the sum itself: squares, roots, a few products. */
    private static final long STEPS = 64;

    private Outward() {}

    /** An upper bound of the exact value behind a computed sum of {@code terms} nonnegative terms. Zero stays zero. */
    static double sum(double computed, long terms) {
        return computed == 0 ? 0 : Math.nextUp(computed * (1 + (terms + STEPS) * 0x1p-52));
    }

    /** An upper bound of the Euclidean norm of numbers that need not be scaled. */
    static double norm(double... values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest == 0 || !(largest < Double.POSITIVE_INFINITY)) {
            return largest;
        }
        int exponent = Math.getExponent(largest);
        double sum = 0;
        for (double value : values) {
            double scaled = Math.scalb(value, -exponent);
            sum += scaled * scaled;
        }
        return Math.scalb(sum(Math.sqrt(sum), values.length), exponent);
    }

    /** An upper bound of a sum of absolute values. */
    static double absoluteSum(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(value);
        }
        return sum(sum, values.length);
    }

    static double max(double[] values) {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
    }
}
