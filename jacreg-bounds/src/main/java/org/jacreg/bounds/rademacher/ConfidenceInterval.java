package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * An interval that holds the exact value with a given probability over the draws.
 *
 * @param lower the lower end, at least 0
 * @param upper the upper end
 * @param level the probability, between 0 and 1
 * @param method how the interval was made, and so what the probability is worth
 */
public record ConfidenceInterval(double lower, double upper, double level, Method method) {

    /** How an interval was made. */
    public enum Method {
        /** Student's t around the mean: right in the limit of many draws, no guarantee for few. */
        STUDENT,
        /** McDiarmid's bounded differences: holds for every number of draws, and is wider. */
        MCDIARMID,
        /** Concentration of a Lipschitz function of normal numbers: holds for every number of draws, and is wider. */
        GAUSSIAN_CONCENTRATION
    }

    /**
     * Checks the ends.
     *
     * @param lower the lower end
     * @param upper the upper end
     * @param level the probability
     * @param method how the interval was made
     * @throws IllegalArgumentException if an end or the level is NaN, {@code lower > upper}, or the level lies outside
     *     (0, 1)
     */
    public ConfidenceInterval {
        if (!(lower <= upper)) {
            throw new IllegalArgumentException(
                    "confidence interval: got ends " + lower + " and " + upper + ", wanted lower <= upper");
        }
        requireLevel(level);
    }

    /** {@code value -+ t standardError}, cut at 0. */
    static ConfidenceInterval student(double value, double standardError, int draws, double level) {
        requireLevel(level);
        double t = new TDistribution(null, draws - 1.0).inverseCumulativeProbability(0.5 + level / 2);
        return around(value, t * standardError, level, Method.STUDENT);
    }

    /** For a mean of draws with {@code P(|mean - E| >= t) <= 2 exp(-draws t^2 / (2 scale^2))}; cut at 0. */
    static ConfidenceInterval subGaussian(double value, double scale, int draws, double level, Method method) {
        requireLevel(level);
        return around(value, scale * Math.sqrt(2 * Math.log(2 / (1 - level)) / draws), level, method);
    }

    private static ConfidenceInterval around(double value, double halfWidth, double level, Method method) {
        return new ConfidenceInterval(Math.max(0, value - halfWidth), value + halfWidth, level, method);
    }

    static void requireLevel(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException(
                    "confidence level: got " + level + ", wanted a number strictly between 0 and 1, such as 0.99");
        }
    }

    /**
     * Whether a value lies in the interval, ends included.
     *
     * @param value the value
     * @return false for NaN
     */
    public boolean contains(double value) {
        return value >= lower && value <= upper;
    }
}
