package org.jacreg.bounds.rademacher;

/**
 * A Monte-Carlo estimate of an empirical Gaussian complexity {@code G_S(F) = E_g sup_f (1/n) sum_i g_i f(x_i)} with independent
 * standard normal {@code g_i}: unbiased, and no bound.
 *
 * <p>Some authors put 2/n in the place of 1/n, or an absolute value inside the supremum.
 *
 * @param quantity what was estimated, in full
 * @param value the mean over the draws
 * @param standardError the sample standard deviation of one draw over {@code sqrt(draws)}
 * @param lipschitz a Lipschitz constant of one draw's supremum in the normal numbers; infinite where it is not known
 * @param size the number of points n
 * @param draws the number of draws
 * @param seed the seed they came from
 */
public record GaussianEstimate(
        String quantity, double value, double standardError, double lipschitz, int size, int draws, long seed) {

    /**
     * Checks the numbers. The mean of few draws may be negative.
     *
     * @param quantity what was estimated
     * @param value the mean
     * @param standardError the standard error
     * @param lipschitz the Lipschitz constant
     * @param size the number of points
     * @param draws the number of draws
     * @param seed the seed
     * @throws IllegalArgumentException if a number is NaN, {@code value} or {@code standardError} infinite, {@code size < 1}, or
     *     {@code draws < 2}
     */
    public GaussianEstimate {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "Gaussian complexity: got " + value + ", wanted a finite number; a sample or radius overflows");
        }
        RademacherEstimate.requireNonnegative("standard error", standardError);
        RademacherEstimate.requireScale(lipschitz);
        RademacherEstimate.requireDraws(draws);
        if (size < 1) {
            throw new IllegalArgumentException("Gaussian complexity: got " + size + " points, wanted at least 1");
        }
    }

    /**
     * Student's interval around the mean, cut at 0; right in the limit of many draws.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the interval
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval studentInterval(double level) {
        return ConfidenceInterval.student(Math.max(0, value), standardError, draws, level);
    }

    /**
     * An interval for every number of draws: the supremum is a Lipschitz function of the normal numbers, so {@code P(|value - G_S|
     * >= t) <= 2 exp(-draws t^2 / (2 lipschitz^2))}.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the interval, cut at 0
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval guaranteedInterval(double level) {
        return ConfidenceInterval.subGaussian(
                Math.max(0, value), lipschitz, draws, level, ConfidenceInterval.Method.GAUSSIAN_CONCENTRATION);
    }

    /**
     * What this estimate says of the Rademacher complexity of the same class: {@code G_S / sqrt(2 ln(2n)) <= R_S <= sqrt(pi/2)
     * G_S}, with this interval's ends for {@code G_S}.
     *
     * <p>Right: the mean of {@code |g_i|} is {@code sqrt(2/pi)}, and the supremum is convex. Left: the supremum's mean over signs
     * grows with each {@code |g_i|} at most as for all equal to their maximum, and {@code E max_i |g_i| <= sqrt(2 ln(2n))}.
     *
     * @param interval an interval of this estimate
     * @return the interval of the Rademacher complexity, of the same level and method
     */
    public ConfidenceInterval rademacher(ConfidenceInterval interval) {
        return new ConfidenceInterval(
                interval.lower() / Math.sqrt(2 * Math.log(2.0 * size)),
                interval.upper() * Math.sqrt(Math.PI / 2),
                interval.level(),
                interval.method());
    }
}
