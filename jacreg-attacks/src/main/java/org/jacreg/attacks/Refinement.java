package org.jacreg.attacks;

import org.jacreg.attacks.threat.Region;

/**
 * Moves every success towards the input along the straight line between them, as long as it stays a success: a few steps of the secant
 * method on the margin, within a bracket of a miss and a success.
 */
final class Refinement {

    /** How much of the way back to the success a step keeps to, so that rounding and curvature leave it on the right side. */
    private static final double CAUTION = 0.1;

    private final Oracle oracle;
    private final Region region;
    private final boolean targeted;

    Refinement(Oracle oracle, Region region, boolean targeted) {
        this.oracle = oracle;
        this.region = region;
        this.targeted = targeted;
    }

    void run(int steps) {
        int[] rows = java.util.Arrays.stream(oracle.missed())
                .filter(oracle.findings()::isBroken)
                .toArray();
        if (steps == 0 || rows.length == 0) {
            return;
        }
        double[][] ends = new double[rows.length][];
        double[] low = new double[rows.length];
        double[] high = new double[rows.length];
        double[] missing = new double[rows.length];
        double[] excess = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            ends[i] = oracle.findings().best(rows[i]).clone();
            missing[i] = margin(rows[i], oracle.cleanLogits(rows[i]));
            high[i] = 1;
        }
        double[][] atEnds = oracle.logits(rows, ends);
        for (int i = 0; i < rows.length; i++) {
            excess[i] = margin(rows[i], atEnds[i]);
        }
        for (int step = 0; step < steps; step++) {
            double[][] points = new double[rows.length][];
            double[] places = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                places[i] = place(low[i], high[i], missing[i], excess[i]);
                points[i] = between(rows[i], ends[i], places[i]);
            }
            double[][] logits = oracle.logits(rows, points);
            for (int i = 0; i < rows.length; i++) {
                if (oracle.isHit(rows[i], logits[i])) {
                    high[i] = places[i];
                    excess[i] = margin(rows[i], logits[i]);
                } else {
                    low[i] = places[i];
                    missing[i] = margin(rows[i], logits[i]);
                }
            }
        }
    }

    private double margin(int row, double[] logits) {
        double margin = LogitMargin.of(logits, oracle.label(row));
        return targeted ? margin : -margin;
    }

    private static double place(double low, double high, double missing, double excess) {
        double share = excess > missing ? -missing / (excess - missing) : 0.5;
        double secant = low + (high - low) * Math.max(0, Math.min(1, share));
        return secant + CAUTION * (high - secant);
    }

    private double[] between(int row, double[] end, double place) {
        double[] input = oracle.input(row);
        double[] point = new double[end.length];
        for (int j = 0; j < point.length; j++) {
            point[j] = input[j] + place * (end[j] - input[j]);
        }
        region.clip(row, point);
        return point;
    }
}
