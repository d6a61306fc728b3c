package org.jacreg.report;

import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * A two-sided confidence interval.
 *
 * @param lower the lower end
 * @param upper the upper end
 * @param confidence the probability, over samples, with which such an interval covers the true value, at least
 */
public record ConfidenceInterval(double lower, double upper, double confidence) {

    /**
     * The Clopper-Pearson interval of a proportion.
     *
     * <p>{@code lower} is the {@code alpha / 2} quantile of {@code Beta(k, n - k + 1)} and {@code upper} the {@code 1 - alpha
     * / 2} quantile of {@code Beta(k + 1, n - k)}, {@code alpha = 1 - confidence}; 0 for {@code k = 0} and 1 for {@code k =
     * n}. It never covers less than promised, whatever the true proportion. Solved to about 1e-9.
     *
     * <p>Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
     * Biometrika 26 (1934).
     *
     * @param successes {@code k}, in [0, n]
     * @param trials {@code n}, at least 1
     * @param confidence in (0, 1)
     * @return the interval
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static ConfidenceInterval clopperPearson(long successes, long trials, double confidence) {
        if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
            throw new IllegalArgumentException(
                    "proportion: expected 0 <= successes <= trials and at least one trial, got " + successes + " of "
                            + trials);
        }
        requireConfidence(confidence);
        double tail = (1 - confidence) / 2;
        double lower = successes == 0 ? 0 : quantile((double) successes, trials - successes + 1.0, tail);
        double upper = successes == trials ? 1 : quantile(successes + 1.0, (double) (trials - successes), 1 - tail);
        return new ConfidenceInterval(lower, upper, confidence);
    }

    /**
     * Refuses what is no confidence.
     *
     * @param confidence wanted in (0, 1)
     * @throws IllegalArgumentException if it is not
     */
    public static void requireConfidence(double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "confidence must lie in (0, 1), got " + confidence + "; for example 0.95");
        }
    }

    private static double quantile(double alpha, double beta, double probability) {
        return new BetaDistribution(alpha, beta).inverseCumulativeProbability(probability);
    }
}
