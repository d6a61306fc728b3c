package org.jacreg.bounds.rademacher;

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
        MCDIARMID
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
