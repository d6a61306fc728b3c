package org.jacreg.bounds.rademacher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Estimates the empirical Rademacher complexity of a linear class, standard or attacked, or of any class whose suprema are
 * known, by drawing sign vectors. For each draw the supremum over the class is exact, so the estimate is unbiased and its
 * only error is that of the draws.
 *
 * <p>With q the dual exponent of p, {@code u = sum_i sigma_i x_i}, on a sample of shape [n, d]:
 *
 * <pre>{@code
 * standard            R_S = (W/n) E || u ||_q
 * l_inf attack, eps   R_S = (W/n) E || max(|u| - c, 0) ||_q,   u = sum_i sigma_i y_i x_i,   c = eps sum_i sigma_i
 * l_r attack, c >= 0  R_S = (W/n) E min_{||v||_r <= c} || |u| - v ||_q;   c < 0:   max_{||v||_r <= |c|, v >= 0} || |u| + v ||_q
 * }</pre>
 *
 * <p>Draws run on the common fork-join pool. The result depends on the sample, the class, the draws and the seed, not
 * on the number of threads; with a larger number of draws the first ones stay the same. For exponents other than 1, 2
 * and infinity another platform's {@code Math.pow} may change the last digit. Memory: the sample in float64, 8 bytes a
 * draw, and 16 vectors of length n + d a thread.
 *
 * <p>Source: for p in {1, 2, infinity} the formulas are textbook duality; the attacked form is derived in {@code
 * AttackedSupremum}.
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
        AdversarialLinearClass unattacked = new AdversarialLinearClass(linearClass, LpNorm.LINF, 0);
        return estimate(unattacked, sample, true, linearClass + " on a sample " + shape(sample));
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
        return estimateAdversarial(new AdversarialLinearClass(linearClass, LpNorm.LINF, epsilon), x, labels);
    }

    /**
     * Estimates the complexity of a linear class under an attack in any norm for which the suprema are {@linkplain
     * AdversarialLinearClass#exact exact}.
     *
     * @param attacked the class and the attack
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @param labels the labels, shape [n] or [n, 1], each -1 or +1. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException as for {@link #estimateAdversarial(LinearClass, INDArray, INDArray, double)}, or if the
     *     suprema are not exact; then {@link #bracketAdversarial} applies
     */
    public RademacherEstimate estimateAdversarial(AdversarialLinearClass attacked, INDArray x, INDArray labels) {
        if (!attacked.exact()) {
            throw new IllegalArgumentException(
                    "weights in l_" + attacked.weights().norm().p() + ", attack in l_"
                            + attacked.attack().p()
                            + ": the supremum is not known exactly for this pair; call bracketAdversarial");
        }
        Sample sample = Sample.of("sample", x, attacked.epsilon()).signedBy(labels);
        return estimate(attacked, sample, true, described(attacked, sample));
    }

    /**
     * Estimates lower and upper bounds of the complexity of a linear class under an attack in any norm, from the same draws.
     *
     * @param attacked the class and the attack
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @param labels the labels, shape [n] or [n, 1], each -1 or +1. Not modified.
     * @return the estimates, equal where the suprema are {@linkplain AdversarialLinearClass#exact exact}
     * @throws IllegalArgumentException as for {@link #estimateAdversarial(LinearClass, INDArray, INDArray, double)}
     */
    public RademacherBracket bracketAdversarial(AdversarialLinearClass attacked, INDArray x, INDArray labels) {
        Sample sample = Sample.of("sample", x, attacked.epsilon()).signedBy(labels);
        String quantity = described(attacked, sample);
        return new RademacherBracket(
                estimate(attacked, sample, false, "lower bound of " + quantity),
                estimate(attacked, sample, true, "upper bound of " + quantity));
    }

    /**
     * Estimates the complexity of any class of functions whose suprema can be computed: finitely many functions ({@link
     * FiniteClass}), or an oracle of the caller's. Draws call the oracle from several threads.
     *
     * @param oracle the class
     * @return the estimate; its guaranteed interval is as good as {@link SupremumOracle#largestValues}
     * @throws IllegalArgumentException if the oracle has no points, or gives a supremum that is NaN or infinite
     */
    public RademacherEstimate estimate(SupremumOracle oracle) {
        return of(oracle + " on " + oracle.size() + " points", Moments.of(oracle, Multipliers.SIGNS, draws, seed));
    }

    private RademacherEstimate estimate(
            AdversarialLinearClass attacked, Sample sample, boolean above, String quantity) {
        Moments moments = Moments.of(attacked, sample, above, Multipliers.SIGNS, draws, seed);
        if (Double.isInfinite(moments.scale())) {
            throw new IllegalArgumentException(
                    quantity
                            + ": the supremum overflows, wanted a sample and a radius whose product is below the largest double");
        }
        return of(quantity, moments);
    }

    private RademacherEstimate of(String quantity, Moments moments) {
        return new RademacherEstimate(quantity, moments.mean(), moments.standardError(), moments.scale(), draws, seed);
    }

    static String described(AdversarialLinearClass attacked, Sample sample) {
        return attacked.weights() + " under an l_" + attacked.attack().p() + " attack of radius " + attacked.epsilon()
                + " on a sample " + shape(sample);
    }

    static String shape(Sample sample) {
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
