package org.jacreg.jacobian;

/**
 * How random directions {@code v} of {@code R^C} are distributed, by which {@code ||J||_F^2} is estimated without computing
 * the {@code C} rows of {@code J}.
 *
 * <p>All kinds are scaled so that {@code E[v v^T] = I}. Then {@code E||J^T v||_2^2 = tr(J^T E[v v^T] J) = ||J||_F^2}: the mean
 * of {@code ||J^T v_k||_2^2} over {@code n} directions is unbiased, without a further factor. What differs is the {@linkplain
 * #variance variance}.
 *
 * <p>Source of the estimator: Hoffman, Roberts and Yaida (arXiv 1908.02729), who use {@link #UNIT_SPHERE} with the factor
 * {@code C} outside.
 */
public enum Directions {

    /** Uniform on the sphere of radius {@code sqrt(C)}: a normalised standard normal vector times {@code sqrt(C)}. */
    UNIT_SPHERE {
        @Override
        double varianceOf(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count) {
            return ofOneUnitVector(trace, traceOfSquare, classes) / count;
        }

        @Override
        double worstOf(int classes, int count) {
            return 2.0 * (classes - 1) / (classes + 2) / count;
        }
    },

    /** Independent standard normal entries. The one kind that estimates {@code ||J||_{2,1}} too. */
    GAUSSIAN {
        @Override
        double varianceOf(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count) {
            return 2 * traceOfSquare / count;
        }

        @Override
        double worstOf(int classes, int count) {
            return 2.0 / count;
        }
    },

    /** Independent entries of plus and minus 1. */
    RADEMACHER {
        @Override
        double varianceOf(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count) {
            return 2 * (traceOfSquare - sumOfSquaredDiagonal) / count;
        }

        @Override
        double worstOf(int classes, int count) {
            return 2.0 * (classes - 1) / classes / count;
        }
    },

    /**
     * Each one as of {@link #UNIT_SPHERE}, but the directions of a sample are orthogonal to each other, in groups of
     * {@code C}: the first columns of a uniformly (Haar) distributed orthogonal matrix, times {@code sqrt(C)}. A full group
     * gives {@code ||J||_F^2} exactly. Costs a QR decomposition per sample.
     */
    ORTHOGONAL {
        /*
         * Let q_1, ..., q_C be the columns of a Haar matrix and t_k = q_k^T A q_k. They are exchangeable, with a common
         * variance s and a common covariance c. Their sum is tr(A) for certain, so
         *     0 = Var(sum_k t_k) = C s + C (C - 1) c,   that is   c = -s / (C - 1),
         * and the sum of r of them has the variance
         *     r s + r (r - 1) c = r s (C - r) / (C - 1),
         * the finite population correction of sampling without replacement. With n = g C + r directions the estimate is
         * (C/n) (g tr(A) + sum of r), the g full groups being constants; and C^2 s is the variance V of one unit vector:
         *     Var = V r (C - r) / ((C - 1) n^2).
         */
        @Override
        double varianceOf(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count) {
            return ofOneUnitVector(trace, traceOfSquare, classes) * shareOfOne(classes, count);
        }

        @Override
        double worstOf(int classes, int count) {
            return 2.0 * (classes - 1) / (classes + 2) * shareOfOne(classes, count);
        }
    };

    abstract double varianceOf(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count);

    abstract double worstOf(int classes, int count);

    /**
     * The variance of one sample's estimate, the mean of {@code ||J^T v_k||_2^2} over {@code n} directions.
     *
     * <p>With {@code A = J J^T} and {@code V = 2C/(C+2) tr(A^2) - 2/(C+2) tr(A)^2}:
     *
     * <ul>
     *   <li>{@link #UNIT_SPHERE}: {@code V / n}
     *   <li>{@link #GAUSSIAN}: {@code 2 tr(A^2) / n}
     *   <li>{@link #RADEMACHER}: {@code 2 (tr(A^2) - sum_c A_cc^2) / n}
     *   <li>{@link #ORTHOGONAL}: {@code V (C - n) / ((C - 1) n)} for {@code n <= C}; in general, with {@code r = n mod C},
     *       {@code V r (C - r) / ((C - 1) n^2)}
     * </ul>
     *
     * <p>The first follows from {@code E[v_i^4] = 3C/(C+2)} and {@code E[v_i^2 v_j^2] = C/(C+2)}, the others likewise; the
     * last is derived here, from the directions of a full group summing up to a constant. All are exact, and tested by
     * simulation.
     *
     * @param trace {@code tr(A) = ||J||_F^2}, not negative
     * @param traceOfSquare {@code tr(A^2) = ||A||_F^2}, not negative
     * @param sumOfSquaredDiagonal {@code sum_c A_cc^2}, the sum of fourth powers of the rows' norms; not negative
     * @param classes {@code C}, at least 1
     * @param count {@code n}, at least 1
     * @return the variance; 0 where every draw gives {@code ||J||_F^2}
     * @throws IllegalArgumentException if an argument is out of range, NaN or infinite
     */
    public double variance(double trace, double traceOfSquare, double sumOfSquaredDiagonal, int classes, int count) {
        require("trace", trace);
        require("traceOfSquare", traceOfSquare);
        require("sumOfSquaredDiagonal", sumOfSquaredDiagonal);
        requireCounts(classes, count);
        // Where the difference is 0 it may come out negative by rounding.
        return Math.max(0, varianceOf(trace, traceOfSquare, sumOfSquaredDiagonal, classes, count));
    }

    /**
     * The largest {@linkplain #variance variance} that any Jacobian can have, relative to {@code ||J||_F^4}.
     *
     * <p>It is that of a Jacobian of rank one, {@code tr(A^2) = tr(A)^2} (for {@link #RADEMACHER} with rows of equal norm).
     *
     * @param classes {@code C}, at least 1
     * @param count {@code n}, at least 1
     * @return for one direction {@code 2(C-1)/(C+2)}, {@code 2}, {@code 2(C-1)/C} and {@code 2(C-1)/(C+2)}, in the order of
     *     the constants
     * @throws IllegalArgumentException if a number is less than 1
     */
    public double worstRelativeVariance(int classes, int count) {
        requireCounts(classes, count);
        return worstOf(classes, count);
    }

    private static void require(String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be finite and not negative, but is " + value);
        }
    }

    private static void requireCounts(int classes, int count) {
        if (classes < 1 || count < 1) {
            throw new IllegalArgumentException(
                    "classes and count must be at least 1, but are " + classes + " and " + count);
        }
    }

    private static double ofOneUnitVector(double trace, double traceOfSquare, int classes) {
        return (2 * classes * traceOfSquare - 2 * trace * trace) / (classes + 2);
    }

    /** The variance of the mean of orthogonal directions, in units of the variance of one. */
    private static double shareOfOne(int classes, int count) {
        double rest = count % classes;
        return rest == 0 ? 0 : rest * (classes - rest) / (classes - 1) / count / count;
    }
}
