package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;

/** {@code x <- min(max(x + a sign(g), least), greatest)}, entry by entry, rounded as ND4J rounds. */
final class LinfRule implements FusedStep.RowRule {

    private final float epsilon;
    private final float step;
    private final float lower;
    private final float upper;

    LinfRule(double epsilon, double step, InputBox box) {
        this.epsilon = (float) epsilon;
        this.step = (float) step;
        this.lower = (float) box.lower();
        this.upper = (float) box.upper();
    }

    @Override
    public double move(RowBuffers row) {
        double size = row.magnitudes(row.gradient);
        ascend(row.gradient, row.point, row.length);
        bound(row.center, row.point, row.length);
        return size;
    }

    private void ascend(float[] gradient, float[] point, int n) {
        for (int j = 0; j < n; j++) {
            point[j] += SignLoops.sign(gradient[j]) * step;
        }
    }

    private void bound(float[] center, float[] point, int n) {
        for (int j = 0; j < n; j++) {
            float least = Math.min(Math.max(center[j] - epsilon, lower), upper);
            float greatest = Math.min(Math.max(center[j] + epsilon, lower), upper);
            point[j] = Math.min(Math.max(point[j], least), greatest);
        }
    }
}
