package org.jacreg.bounds.certify.smoothing;

import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Beta;

/** The exact one-sided confidence bound of a probability, and what it is worth in standard deviations; both rounded down. */
final class ClopperPearson {

    /** Far above the error of the incomplete beta function, which is a few 1e-14, and below what anybody reads. */
    private static final double SLACK = 1e-12;

    private ClopperPearson() {}

    /**
     * The lower bound at confidence {@code 1 - alpha}: the greatest p for which {@code P(Bin(n, p) >= successes) <= alpha}, which is the
     * alpha-quantile of {@code Beta(successes, n - successes + 1)}.
     */
    static double lower(long successes, long n, double alpha) {
        if (successes == 0) {
            return 0;
        }
        if (successes == n) {
            return Math.pow(alpha, 1.0 / n) * (1 - SLACK);
        }
        double a = successes;
        double b = n - successes + 1.0;
        double p = new BetaDistribution(null, a, b, 1e-14).inverseCumulativeProbability(alpha);
        // the solver stops on either side: go down until the tail says so
        double step = SLACK;
        while (p > 0 && !(Beta.regularizedBeta(p, a, b) <= alpha * (1 - SLACK))) {
            p -= step * p;
            step *= 2;
        }
        return Math.max(0, p * (1 - SLACK));
    }

    /** {@code Phi^-1(p)} for {@code p >= 1/2}, not above the true value. */
    static double quantile(double p) {
        return Math.max(0, new NormalDistribution(null, 0, 1).inverseCumulativeProbability(p) * (1 - SLACK) - SLACK);
    }
}
