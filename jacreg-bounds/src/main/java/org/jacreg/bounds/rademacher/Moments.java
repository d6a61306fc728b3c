package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.stat.StatUtils;

/**
 * Mean and standard error of the suprema of many draws, divided by n.
 *
 * @param mean the mean
 * @param standardError the standard error of the mean
 * @param scale the sub-Gaussian scale of one draw
 */
record Moments(double mean, double standardError, double scale) {

    /** Of a linear class under attack; {@code above} chooses between bounds where the supremum is not exact. */
    static Moments of(
            AdversarialLinearClass attacked,
            Sample sample,
            boolean above,
            Multipliers multipliers,
            int draws,
            long seed) {
        AttackedSupremum kernel = new AttackedSupremum(attacked.weights().norm().dual(), attacked.attack());
        double epsilon = Math.scalb(attacked.epsilon(), -sample.exponent());
        double[] suprema = new SignDraws(sample, kernel, epsilon, above).suprema(multipliers, draws, seed);
        double factor = attacked.weights().radius() / sample.size();
        // moments before the scale is undone: their squares cannot overflow
        Moments scaled = of(suprema, flipScale(sample, kernel, epsilon));
        return new Moments(
                sample.unscale(factor * scaled.mean),
                sample.unscale(factor * scaled.standardError),
                sample.unscale(factor * scaled.scale));
    }

    /** Of any class. */
    static Moments of(SupremumOracle oracle, Multipliers multipliers, int draws, long seed) {
        int n = oracle.size();
        if (n < 1) {
            throw new IllegalArgumentException("class of functions: got " + n + " points, wanted at least 1");
        }
        double[] suprema = new double[draws];
        multipliers.forEachBlock(draws, n, seed, (first, block) -> {
            for (int k = 0; k < block.length && first + k < draws; k++) {
                double supremum = oracle.supremum(block[k]);
                if (!Double.isFinite(supremum)) {
                    throw new IllegalArgumentException("class of functions: got the supremum " + supremum + " in draw "
                            + (first + k) + ", wanted a finite number");
                }
                suprema[first + k] = supremum / n;
            }
        });
        return of(suprema, oracle.largestValues() / n);
    }

    static Moments of(double[] suprema, double scale) {
        double mean = StatUtils.mean(suprema);
        return new Moments(mean, Math.sqrt(StatUtils.variance(suprema, mean) / suprema.length), scale);
    }

    /**
     * {@code sqrt(sum_i a_i^2)} with {@code a_i} the supremum of {@code |<w, x_i>| + epsilon ||w||_{r*}} over the unit ball: flipping
     * sign i moves the supremum by at most {@code 2 a_i}.
     */
    private static double flipScale(Sample sample, AttackedSupremum kernel, double epsilon) {
        double[] effects = new double[sample.size()];
        for (int i = 0; i < effects.length; i++) {
            effects[i] = kernel.upper(sample.row(i).clone(), -epsilon);
        }
        return LpNorm.L2.of(effects);
    }
}
