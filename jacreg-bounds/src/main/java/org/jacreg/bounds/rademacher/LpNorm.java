package org.jacreg.bounds.rademacher;

/**
 * The l_p norm on R^d: {@code ||v||_p = (sum_j |v_j|^p)^(1/p)}, and {@code max_j |v_j|} for {@code p} infinite.
 *
 * @param p the exponent, from 1 to {@link Double#POSITIVE_INFINITY}, both included
 */
public record LpNorm(double p) {

    /** Sum of absolute values. */
    public static final LpNorm L1 = new LpNorm(1);

    /** Euclidean norm. */
    public static final LpNorm L2 = new LpNorm(2);

    /** Largest absolute value. */
    public static final LpNorm LINF = new LpNorm(Double.POSITIVE_INFINITY);

    /**
     * Checks the exponent.
     *
     * @param p the exponent
     * @throws IllegalArgumentException if {@code p} is NaN or below 1
     */
    public LpNorm {
        if (!(p >= 1)) {
            throw new IllegalArgumentException("norm exponent p: got " + p
                    + ", wanted a number from 1 to Double.POSITIVE_INFINITY; below 1 there is no norm");
        }
    }

    /**
     * The dual norm, with {@code 1/p + 1/q = 1}.
     *
     * @return the norm of exponent {@code q = p/(p-1)}; infinity for 1, and 1 for infinity
     */
    public LpNorm dual() {
        if (p == 1) {
            return LINF;
        }
        return Double.isInfinite(p) ? L1 : new LpNorm(p / (p - 1));
    }

    /**
     * The norm of a vector, scaled inside so that neither squares nor powers overflow. NaN in, NaN out.
     *
     * @param v the vector. Not modified.
     * @return the norm; relative error at most {@code (d + 8) 2^-53} for finite input
     */
    double of(double[] v) {
        double max = 0;
        for (double a : v) {
            max = Math.max(max, Math.abs(a));
        }
        if (max == 0 || Double.isInfinite(p) || !(max < Double.POSITIVE_INFINITY)) {
            return max;
        }
        double sum = 0;
        if (p == 1) {
            for (double a : v) {
                sum += Math.abs(a) / max;
            }
            return max * sum;
        }
        if (p == 2) {
            for (double a : v) {
                double r = a / max;
                sum += r * r;
            }
            return max * Math.sqrt(sum);
        }
        for (double a : v) {
            sum += Math.pow(Math.abs(a) / max, p);
        }
        return max * Math.pow(sum, 1 / p);
    }
}
