package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;

/**
 * Kendall's rank correlation tau-b, and how often chance alone gives one as far from 0.
 *
 * @param tau in [-1, 1]; NaN where a variable is constant
 * @param p two-sided, by random permutation of one variable: {@code (1 + #{|tau*| >= |tau|}) / (1 + permutations)}; NaN with tau
 */
public record KendallTau(double tau, double p) {

    private static final int PERMUTATIONS = 999;

    /** Two variables on the same points. */
    static final class Points {
        private final double[] x;
        private final double[] y;

        Points(double[] x, double[] y) {
            if (x.length != y.length || x.length < 2) {
                throw new IllegalArgumentException(
                        "rank correlation: expected two values or more of each variable, got " + x.length + " and "
                                + y.length);
            }
            for (int i = 0; i < x.length; i++) {
                if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
                    throw new IllegalArgumentException(
                            "rank correlation: expected numbers, got " + x[i] + " and " + y[i] + " at place " + i);
                }
            }
            this.x = x.clone();
            this.y = y.clone();
        }

        double tau() {
            return new KendallsCorrelation().correlation(x, y);
        }

        Points permuted(SplittableRandom random) {
            return new Points(x, shuffled(y, random));
        }
    }

    /** The mean of tau over groups of points; permutations stay within a group. Groups where a variable is constant do not count. */
    static KendallTau of(List<Points> groups, long seed) {
        List<Points> counted =
                groups.stream().filter(group -> !Double.isNaN(group.tau())).toList();
        if (counted.isEmpty()) {
            return new KendallTau(Double.NaN, Double.NaN);
        }
        double tau = mean(counted);
        SplittableRandom random = new SplittableRandom(seed);
        int asFar = 0;
        for (int i = 0; i < PERMUTATIONS; i++) {
            List<Points> permuted = new ArrayList<>();
            for (Points group : counted) {
                permuted.add(group.permuted(random));
            }
            // A permutation that gives the same tau must count in spite of rounding.
            asFar += Math.abs(mean(permuted)) >= Math.abs(tau) - 1e-12 ? 1 : 0;
        }
        return new KendallTau(tau, (1.0 + asFar) / (1 + PERMUTATIONS));
    }

    private static double mean(List<Points> groups) {
        return groups.stream().mapToDouble(Points::tau).average().orElseThrow();
    }

    private static double[] shuffled(double[] values, SplittableRandom random) {
        double[] order = values.clone();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
