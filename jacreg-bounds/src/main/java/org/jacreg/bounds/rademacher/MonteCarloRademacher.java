package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.stat.StatUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Estimates the empirical Rademacher complexity of a linear class by drawing sign vectors. For each draw the supremum over
 * the class is exact, so the estimate is unbiased and its only error is that of the draws.
 *
 * <p>With q the dual exponent of p, {@code u = sum_i sigma_i x_i}, on a sample of shape [n, d]:
 *
 * <pre>
 * standard            R_S = (W/n) E || u ||_q
 * l_inf attack, eps   R_S = (W/n) E || max(|u| - c, 0) ||_q,   u = sum_i sigma_i y_i x_i,   c = eps sum_i sigma_i
 * </pre>
 *
 * <p>Draws run on the common fork-join pool. The result depends on the sample, the class, the draws and the seed, not
 * on the number of threads; with a larger number of draws the first ones stay the same. For exponents other than 1, 2
 * and infinity another platform's {@code Math.pow} may change the last digit. Memory: the sample in float64, 8 bytes a
 * draw, and 16 vectors of length d a thread.
 *
 * <p>Source: for p in {1, 2, infinity} the formulas are textbook duality; the attacked form is derived in {@code
 * SignDraws}.
 *
 * @param draws the number of sign vectors, at least 2
 * @param seed the seed of the signs; every value is allowed
 */
public record MonteCarloRademacher(int draws, long seed) {

    /** Draws unless the builder is told otherwise. */
    public static final int DEFAULT_DRAWS = 10_000;

    /**
     * Checks the number of draws.
     *
     * @param draws the number of sign vectors
     * @param seed the seed of the signs
     * @throws IllegalArgumentException if {@code draws < 2}
     */
    public MonteCarloRademacher {
        RademacherEstimate.requireDraws(draws);
    }

    /**
     * Starts from a seed.
     *
     * @param seed the seed of the signs
     * @return a builder with {@value #DEFAULT_DRAWS} draws
     */
    public static Builder seed(long seed) {
        return new Builder(seed);
    }

    /**
     * Estimates the complexity of a linear class.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, or if the
     *     estimate overflows
     */
    public RademacherEstimate estimate(LinearClass linearClass, INDArray x) {
        Sample sample = Sample.of("sample", x);
        return estimate(linearClass, sample, 0, linearClass + " on a sample " + shape(sample));
    }

    /**
     * Estimates the complexity of a linear class under an l_inf attack on the inputs, that of the functions {@code (x, y) ->
     * min_{||delta||_inf <= epsilon} y <w, x + delta>}.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @param labels the labels, shape [n] or [n, 1], each -1 or +1. Not modified.
     * @param epsilon the attack radius, nonnegative and finite
     * @return the estimate; for {@code epsilon = 0} that of the standard class on {@code y_i x_i}
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, if the labels do
     *     not fit, if {@code epsilon} is NaN, negative or infinite, or if the estimate overflows
     */
    public RademacherEstimate estimateAdversarial(
            LinearClass linearClass, INDArray x, INDArray labels, double epsilon) {
        RademacherBounds.requireEpsilon(epsilon);
        Sample sample = Sample.of("sample", x, epsilon).signedBy(labels);
        String quantity = linearClass + " under an l_inf attack of radius " + epsilon + " on a sample " + shape(sample);
        return estimate(linearClass, sample, Math.scalb(epsilon, -sample.exponent()), quantity);
    }

    private RademacherEstimate estimate(LinearClass linearClass, Sample sample, double epsilon, String quantity) {
        LpNorm dual = linearClass.norm().dual();
        double factor = linearClass.radius() / sample.size();
        double[] suprema = new SignDraws(sample, dual, epsilon).suprema(draws, seed);
        // moments before the scale is undone: their squares cannot overflow
        double mean = StatUtils.mean(suprema);
        double standardError = Math.sqrt(StatUtils.variance(suprema, mean) / draws);
        return new RademacherEstimate(
                quantity,
                sample.unscale(factor * mean),
                sample.unscale(factor * standardError),
                sample.unscale(factor * flipScale(sample, dual, epsilon)),
                draws,
                seed);
    }

    /**
     * {@code sqrt(sum_i a_i^2)} with {@code a_i = || |x_i| + epsilon ||_q}: flipping sign i moves the supremum over the unit
     * ball by at most {@code 2 sup_w |<w, x_i>| + epsilon ||w||_1 = 2 a_i}.
     */
    private static double flipScale(Sample sample, LpNorm dual, double epsilon) {
        double[] effects = new double[sample.size()];
        double[] shifted = new double[sample.width()];
        for (int i = 0; i < effects.length; i++) {
            double[] row = sample.row(i);
            for (int j = 0; j < shifted.length; j++) {
                shifted[j] = Math.abs(row[j]) + epsilon;
            }
            effects[i] = dual.of(shifted);
        }
        return LpNorm.L2.of(effects);
    }

    private static String shape(Sample sample) {
        return "[" + sample.size() + ", " + sample.width() + "]";
    }

    /** Options of the estimator. */
    public static final class Builder {

        private final long seed;
        private int draws = DEFAULT_DRAWS;

        private Builder(long seed) {
            this.seed = seed;
        }

        /**
         * Sets the number of sign vectors. The standard error falls with its square root; {@link
         * RademacherEstimate#drawsForHalfWidth} says how many a wanted precision needs.
         *
         * @param draws at least 2; {@value MonteCarloRademacher#DEFAULT_DRAWS} unless set
         * @return this builder
         */
        public Builder draws(int draws) {
            this.draws = draws;
            return this;
        }

        /**
         * Checks the options.
         *
         * @return the estimator
         * @throws IllegalArgumentException if {@code draws < 2}
         */
        public MonteCarloRademacher build() {
            return new MonteCarloRademacher(draws, seed);
        }
    }
}
