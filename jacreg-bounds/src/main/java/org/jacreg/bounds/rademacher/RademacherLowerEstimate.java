package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * An estimate from below of the empirical Rademacher complexity of a class of networks: the mean, over draws of signs, of the
 * largest {@code (1/n) sum_i sigma_i f(x_i)} that an ascent over the weights found.
 *
 * <p>What was found is at most the supremum, so the mean is unbiased for a number that is at most the complexity. By how much it
 * falls short nobody knows: the ascent is a heuristic. It is no upper bound of anything.
 *
 * @param quantity what was estimated, in full
 * @param value the mean over the draws
 * @param standardError the sample standard deviation of one draw over {@code sqrt(draws)}
 * @param size the number of points n
 * @param draws the number of sign vectors drawn
 * @param options the configuration of the ascent
 */
public record RademacherLowerEstimate(
        String quantity, double value, double standardError, int size, int draws, NetworkAscent.Options options) {

    /**
     * Checks the numbers.
     *
     * @param quantity what was estimated
     * @param value the mean
     * @param standardError the standard error
     * @param size the number of points
     * @param draws the number of draws
     * @param options the configuration
     * @throws IllegalArgumentException if {@code value} is not finite, {@code standardError} is NaN, negative or infinite, {@code
     *     size < 1}, or {@code draws < 2}
     */
    public RademacherLowerEstimate {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("lower estimate: got " + value + ", wanted a finite number");
        }
        RademacherEstimate.requireNonnegative("standard error", standardError);
        RademacherEstimate.requireDraws(draws);
        if (size < 1) {
            throw new IllegalArgumentException("lower estimate: got " + size + " points, wanted at least 1");
        }
    }

    /**
     * Student's interval around the mean, cut at 0: for what the ascent finds in expectation, not for the complexity.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the interval
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval studentInterval(double level) {
        return ConfidenceInterval.student(Math.max(0, value), standardError, draws, level);
    }

    /**
     * A number that the complexity exceeds with probability {@code level}, in the limit of many draws: {@code value - t
     * standardError} with the one-sided quantile t of Student's distribution; at least 0.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the number
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public double confidentLower(double level) {
        ConfidenceInterval.requireLevel(level);
        double t = new TDistribution(null, draws - 1.0).inverseCumulativeProbability(level);
        return Math.max(0, value - t * standardError);
    }

    /**
     * A number that the complexity exceeds with at least probability {@code level} for every number of draws: {@code value - A
     * sqrt(2 ln(1/(1 - level)) / (n draws))}; at least 0. McDiarmid's inequality for the mean of the true suprema, which what was
     * found does not exceed: flipping one sign moves a supremum by at most {@code 2A/n}.
     *
     * @param level the probability, strictly between 0 and 1
     * @param largest A, an upper bound of {@code |f(x_i)|} over the class and the sample, nonnegative and finite
     * @return the number
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1), or {@code largest} is NaN, negative or infinite
     */
    public double guaranteedLower(double level, double largest) {
        ConfidenceInterval.requireLevel(level);
        if (!(largest >= 0 && largest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("largest value of a function of the class: got " + largest
                    + ", wanted a nonnegative finite number");
        }
        return Math.max(0, value - largest * Math.sqrt(-2 * Math.log(1 - level) / ((double) size * draws)));
    }
}
