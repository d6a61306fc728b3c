package org.jacreg.bounds.generalization;

import java.util.List;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * PAC-Bayes bounds of the expected error of a random predictor Q, for a prior P fixed before the sample is seen, with
 * losses in [0, 1]: with probability at least {@code 1 - delta}, for all Q at once.
 */
public final class PacBayes {

    private static final String RISK = "expected error of the random predictor";

    /** Halvings of the interval of the unknown error: enough for every double in [0, 1]. */
    private static final int HALVINGS = 60;

    private PacBayes() {}

    /**
     * McAllester's bound: {@code E_Q L <= E_Q L^ + 2 sqrt(2 (KL(Q||P) + ln(2n/delta)) / (n-1))}, as Neyshabur, Bhojanapalli
     * and Srebro (2018) use it.
     *
     * @param divergence {@code KL(Q||P)}, nonnegative; infinite gives an infinite bound
     * @param empirical {@code E_Q L^}, the expected empirical error, from 0 to 1
     * @param n the number of points of the sample, at least 2
     * @param delta the probability of failure, between 0 and 1
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if a number is NaN or out of its range
     */
    public static GeneralizationBound mcAllester(double divergence, double empirical, long n, double delta) {
        require(divergence, empirical, n, delta);
        double log = Confidence.log(2.0 * n, delta);
        double mean = RoundUp.quotient(RoundUp.product(2, RoundUp.sum(divergence, log)), Confidence.lessOne(n));
        double gap = RoundUp.product(2, RoundUp.sqrt(mean));
        return new GeneralizationBound(
                "McAllester's bound",
                RISK,
                RoundUp.sum(empirical, gap),
                1,
                "empirical + 2 sqrt(2 (KL + ln(2n/delta))/(n-1))",
                terms(divergence, empirical, gap),
                assumptions(),
                delta,
                n,
                "McAllester (2003), in the form of Neyshabur, Bhojanapalli and Srebro (2018)");
    }

    /**
     * Maurer's bound: the largest L with {@code kl(E_Q L^ || L) <= (KL(Q||P) + ln(2 sqrt(n)/delta)) / n}, {@code kl} the
     * divergence of two coins. Never above 1, and tighter than McAllester's.
     *
     * @param divergence {@code KL(Q||P)}, nonnegative; infinite gives 1
     * @param empirical {@code E_Q L^}, the expected empirical error, from 0 to 1
     * @param n the number of points of the sample, at least 8
     * @param delta the probability of failure, between 0 and 1
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if a number is NaN or out of its range
     */
    public static GeneralizationBound maurer(double divergence, double empirical, long n, double delta) {
        require(divergence, empirical, n, delta);
        if (n < 8) {
            throw new IllegalArgumentException("sample size n: got " + n + ", wanted at least 8 for Maurer's bound");
        }
        double log = Confidence.log(RoundUp.product(2, RoundUp.sqrt((double) n)), delta);
        double budget = RoundUp.quotient(RoundUp.sum(divergence, log), (double) n);
        double value = inverse(empirical, budget);
        return new GeneralizationBound(
                "Maurer's bound",
                RISK,
                value,
                1,
                "max{L : kl(empirical || L) <= (KL + ln(2 sqrt(n)/delta))/n}",
                terms(divergence, empirical, value - empirical),
                assumptions(),
                delta,
                n,
                "Maurer, A note on the PAC Bayesian theorem (2004); Seeger (2002)");
    }

    /**
     * The divergence of Gaussian weights of one variance around two centres: {@code ||w - w_0||_2^2 / (2 sigma^2)}.
     *
     * @param distance {@code ||w - w_0||_2}, nonnegative
     * @param sigma the standard deviation of every weight under Q and P, positive; chosen before the sample is seen, or paid
     *     for by a union
     * @return {@code KL(Q||P)}, rounded up
     * @throws IllegalArgumentException if {@code distance} is NaN or negative, or {@code sigma} is not positive and finite
     */
    public static double gaussianDivergence(double distance, double sigma) {
        if (!(distance >= 0 && sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Gaussian divergence: got distance " + distance + " and sigma " + sigma
                    + ", wanted a nonnegative distance and a positive finite sigma");
        }
        double ratio = RoundUp.quotient(distance, sigma);
        return RoundUp.product(0.5, ratio, ratio);
    }

    /** An upper bound of the largest p with {@code kl(q || p) <= budget}, by bisection: the end that exceeds the budget. */
    private static double inverse(double q, double budget) {
        double low = q;
        double high = 1;
        for (int k = 0; k < HALVINGS; k++) {
            double middle = (low + high) / 2;
            // the two logarithms and their products err by a few units in the last place of at most |ln| 750
            if (divergence(q, middle) > budget * (1 + 1e-12) + 1e-12) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static double divergence(double q, double p) {
        double first = q == 0 ? 0 : q * Math.log(q / p);
        double second = q == 1 ? 0 : (1 - q) * (Math.log1p(-q) - Math.log1p(-p));
        return first + second;
    }

    private static void require(double divergence, double empirical, long n, double delta) {
        if (!(divergence >= 0)) {
            throw new IllegalArgumentException(
                    "divergence KL(Q||P): got " + divergence + ", wanted a nonnegative number");
        }
        if (!(empirical >= 0 && empirical <= 1)) {
            throw new IllegalArgumentException("expected empirical error: got " + empirical
                    + ", wanted a number from 0 to 1; an unbounded loss is not covered");
        }
        Confidence.require(n, delta);
    }

    private static List<Term> terms(double divergence, double empirical, double gap) {
        return List.of(
                new Term("empirical", empirical, "expected empirical error of the random predictor"),
                new Term("gap", gap, "the bound less the empirical error"),
                new Term("KL", divergence, "divergence of Q from P"));
    }

    private static List<Assumption> assumptions() {
        return List.of(
                Assumption.assumed("the prior P was fixed before the sample was seen"),
                Assumption.assumed("losses lie in [0, 1]"),
                Assumption.assumed("the empirical error is the exact expectation over Q, no estimate from draws"),
                Assumption.assumed("the sample is drawn independently from the distribution"));
    }
}
