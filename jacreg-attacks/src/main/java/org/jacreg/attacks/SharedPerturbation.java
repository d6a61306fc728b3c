package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A perturbation that all samples of a batch share, in its ball. */
final class SharedPerturbation {

    private final Oracle oracle;
    private final Region region;
    private final Region ball;
    private double[] delta;

    SharedPerturbation(Oracle oracle, Region region, ThreatModel threat) {
        this.oracle = oracle;
        this.region = region;
        this.delta = new double[oracle.entries()];
        // the ball around 0 without a box: what a perturbation may be, whatever it is added to
        this.ball = QuietOps.call(() -> Region.of(
                new ThreatModel(threat.ball(), FeatureLimits.none()),
                Nd4j.zeros(DataType.DOUBLE, 1, oracle.entries()),
                InputBox.unbounded()));
    }

    /** A function of the logits that is to be raised. */
    @FunctionalInterface
    interface Loss {
        double at(int label, double[] logits, double[] cotangent);
    }

    /** A copy of the perturbation. */
    double[] values() {
        return delta.clone();
    }

    /** Adds a step and projects onto the ball. */
    void add(double[] step) {
        double[] moved = delta.clone();
        for (int j = 0; j < moved.length; j++) {
            moved[j] += step[j];
        }
        ball.project(0, moved);
        delta = moved;
    }

    /** The mean over some samples of the loss's gradient by the perturbation; an entry that a sample's box clips has no part in it. */
    double[] meanGradient(int[] rows, Loss loss) {
        double[][] points = points(rows);
        Gradients gradients = oracle.gradients(
                rows, points, (row, logits, cotangent) -> loss.at(oracle.label(row), logits, cotangent));
        double[] mean = new double[delta.length];
        for (int i = 0; i < rows.length; i++) {
            double[] center = region.center(rows[i]);
            for (int j = 0; j < mean.length; j++) {
                double free = center[j] + delta[j];
                boolean clipped = free < region.lower(rows[i], j) || free > region.upper(rows[i], j);
                // at the bound itself a step back into the box still counts
                boolean held = region.lower(rows[i], j) == region.upper(rows[i], j);
                mean[j] += clipped || held ? 0 : gradients.inputs()[i][j] / rows.length;
            }
        }
        return mean;
    }

    /** The share of all samples that succeed with the perturbation. */
    double successRate() {
        int[] rows = oracle.all();
        double[][] logits = oracle.logits(rows, points(rows));
        int hits = 0;
        for (int i = 0; i < rows.length; i++) {
            hits += oracle.isHit(rows[i], logits[i]) ? 1 : 0;
        }
        return hits / (double) rows.length;
    }

    private double[][] points(int[] rows) {
        double[][] points = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            points[i] = added(region, rows[i], delta);
        }
        return points;
    }

    /** A sample with a perturbation, clipped to box and ranges; frozen features stay. */
    static double[] added(Region region, int row, double[] delta) {
        double[] point = region.center(row).clone();
        for (int j = 0; j < point.length; j++) {
            point[j] += delta[j];
        }
        region.clip(row, point);
        return point;
    }
}
