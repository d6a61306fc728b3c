package org.jacreg.bounds.rademacher;

/**
 * A Monte-Carlo estimate of an empirical Rademacher complexity: the mean of independent draws of the exact supremum, so
 * unbiased. It is no bound.
 *
 * @param quantity what was estimated, in full
 * @param value the mean over the draws
 * @param standardError the sample standard deviation of one draw over {@code sqrt(draws)}
 * @param subGaussianScale a number s for which one draw is sub-Gaussian with variance proxy {@code s^2}; known before any
 *     draw, see {@link #guaranteedInterval}; infinite where it is not known
 * @param draws the number of sign vectors drawn
 * @param seed the seed they came from
 */
public record RademacherEstimate(
        String quantity, double value, double standardError, double subGaussianScale, int draws, long seed) {

    /**
     * Checks the numbers.
     *
     * @param quantity what was estimated
     * @param value the mean
     * @param standardError the standard error
     * @param subGaussianScale the sub-Gaussian scale of one draw
     * @param draws the number of draws
     * @param seed the seed
     * @throws IllegalArgumentException if one of the three numbers is negative, NaN or infinite, or {@code draws < 2}
     */
    public RademacherEstimate {
        requireNonnegative("value", value);
        requireNonnegative("standard error", standardError);
        requireScale(subGaussianScale);
        requireDraws(draws);
    }

    static void requireDraws(int draws) {
        if (draws < 2) {
            throw new IllegalArgumentException(
                    "draws: got " + draws + ", wanted at least 2; a standard error needs two draws");
        }
    }

    static void requireNonnegative(String name, double number) {
        if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("complexity estimate, " + name + ": got " + number
                    + ", wanted a nonnegative finite number; a sample or radius near the largest double overflows");
        }
    }

    static void requireScale(double scale) {
        if (!(scale >= 0)) {
            throw new IllegalArgumentException(
                    "complexity estimate, sub-Gaussian scale: got " + scale + ", wanted a nonnegative number");
        }
    }

    /**
     * The usual interval {@code value -+ t standardError}, t the quantile of Student's distribution with {@code draws - 1}
     * degrees of freedom; cut at 0, because a complexity is not negative.
     *
     * <p>Asymptotic: its coverage approaches {@code level} as the draws grow.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the interval
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval studentInterval(double level) {
        return ConfidenceInterval.student(value, standardError, draws, level);
    }

    /**
     * An interval that covers with at least the stated probability for every number of draws:
     * {@code value -+ s sqrt(2 ln(2/alpha) / draws)}, {@code alpha = 1 - level}, cut at 0.
     *
     * <p>Flipping sign i of one draw moves its supremum by at most {@code 2 a_i}; McDiarmid's inequality over all
     * {@code draws * n} signs then gives {@code P(|value - R_S| >= t) <= 2 exp(-draws t^2 / (2 s^2))} with {@code s^2 = sum_i
     * a_i^2}. Holds for ideal random signs and up to the rounding of the mean.
     *
     * @param level the probability, strictly between 0 and 1
     * @return the interval
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval guaranteedInterval(double level) {
        return ConfidenceInterval.subGaussian(
                value, subGaussianScale, draws, level, ConfidenceInterval.Method.MCDIARMID);
    }

    /**
     * How many draws make {@link #guaranteedInterval} reach {@code halfWidth} to each side: {@code ceil(2 s^2 ln(2/alpha) /
     * halfWidth^2)}, at least 2.
     *
     * @param halfWidth the half width wanted, positive
     * @param level the probability, strictly between 0 and 1
     * @return the number of draws
     * @throws IllegalArgumentException if {@code halfWidth} is NaN or not positive, or {@code level} outside (0, 1)
     * @throws ArithmeticException if more than {@link Integer#MAX_VALUE} draws are needed
     */
    public int drawsForHalfWidth(double halfWidth, double level) {
        ConfidenceInterval.requireLevel(level);
        if (!(halfWidth > 0)) {
            throw new IllegalArgumentException("half width: got " + halfWidth + ", wanted a positive number");
        }
        double ratio = subGaussianScale / halfWidth;
        double needed = Math.ceil(2 * ratio * ratio * Math.log(2 / (1 - level)));
        if (!(needed <= Integer.MAX_VALUE)) {
            throw new ArithmeticException("half width " + halfWidth + " at level " + level + " needs " + needed
                    + " draws, more than " + Integer.MAX_VALUE + "; ask for a larger half width");
        }
        return Math.max(2, (int) needed);
    }
}
