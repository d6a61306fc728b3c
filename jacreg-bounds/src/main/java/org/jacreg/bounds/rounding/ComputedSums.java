package org.jacreg.bounds.rounding;

/**
 * Upper bounds of the exact values behind sums of nonnegative terms that were computed in double precision, in any order.
 *
 * <p>Each addition errs by 2^-53 at most; besides, 64 units of 2^-52 cover what terms and result go through otherwise: squares, a
 * root, a few products. NaN in, NaN out; an infinite sum stays infinite.
 */
public final class ComputedSums {

    /** Units of 2^-52 that cover every step but the sum itself. */
    private static final long STEPS = 64;

    /** More than underflow can lose in a sum. */
    private static final double TINY = 0x1p-900;

    private ComputedSums() {}

    /**
     * A sum whose terms did not underflow.
     *
     * @param computed what came out, nonnegative
     * @param terms how many there were
     * @return an upper bound of the exact value; 0 for 0
     */
    public static double above(double computed, long terms) {
        return computed == 0 ? 0 : Math.nextUp(scaled(computed, terms));
    }

    /**
     * A sum of products, some of which may have underflowed.
     *
     * @param computed what came out, nonnegative
     * @param terms how many there were
     * @return an upper bound of the exact value, positive
     */
    public static double aboveUnderflow(double computed, long terms) {
        return scaled(computed, terms) + TINY;
    }

    /**
     * Several of {@link #aboveUnderflow(double, long)}.
     *
     * @param computed what came out. Not modified.
     * @param terms of each
     * @return upper bounds, a fresh array
     */
    public static double[] aboveUnderflow(double[] computed, long terms) {
        double[] result = new double[computed.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = aboveUnderflow(computed[i], terms);
        }
        return result;
    }

    private static double scaled(double computed, long terms) {
        return computed * (1 + (terms + STEPS) * 0x1p-52);
    }

    /**
     * The Euclidean norm.
     *
     * @param values any numbers; they need not be scaled. Not modified.
     * @return an upper bound; 0 if all are 0, infinite if one is
     */
    public static double norm(double... values) {
        double largest = largest(values);
        if (largest == 0 || !(largest < Double.POSITIVE_INFINITY)) {
            return largest;
        }
        int exponent = Math.getExponent(largest);
        double squares = 0;
        for (double value : values) {
            double scaled = Math.scalb(value, -exponent);
            squares += scaled * scaled;
        }
        return Math.scalb(above(Math.sqrt(squares), values.length), exponent) + TINY;
    }

    /**
     * The sum of absolute values.
     *
     * @param values any numbers. Not modified.
     * @return an upper bound
     */
    public static double absoluteSum(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(value);
        }
        return above(sum, values.length);
    }

    /**
     * The largest absolute value.
     *
     * @param values any numbers. Not modified.
     * @return exact; 0 for none
     */
    public static double largest(double... values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
