package org.jacreg.regularizer;

/** Cross-entropy of {@code z = W x + b} under attack, in plain Java and without a formula that is under test. */
final class LinearRobustLoss {

    private final double[][] weights;
    private final double[] bias;
    private final double[] x;
    private final int label;

    LinearRobustLoss(double[][] weights, double[] bias, double[] x, int label) {
        this.weights = weights;
        this.bias = bias;
        this.x = x;
        this.label = label;
    }

    static double crossEntropy(double[] logits, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (double z : logits) {
            max = Math.max(max, z);
        }
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z - max);
        }
        return max + Math.log(sum) - logits[label];
    }

    double at(double[] delta) {
        double[] logits = bias.clone();
        for (int c = 0; c < logits.length; c++) {
            for (int d = 0; d < x.length; d++) {
                logits[c] += weights[c][d] * (x[d] + delta[d]);
            }
        }
        return crossEntropy(logits, label);
    }

    /** The largest loss in the l_inf ball: a convex function is largest at a corner, and all corners are tried. */
    double linf(double epsilon) {
        double worst = Double.NEGATIVE_INFINITY;
        for (int corner = 0; corner < 1 << x.length; corner++) {
            double[] delta = new double[x.length];
            for (int d = 0; d < x.length; d++) {
                delta[d] = (corner >> d & 1) == 0 ? epsilon : -epsilon;
            }
            worst = Math.max(worst, at(delta));
        }
        return worst;
    }

    /** The largest loss on the circle of an l2 ball in the plane, by search: below the truth by at most the second order. */
    double l2InThePlane(double epsilon, int angles) {
        double worst = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < angles; i++) {
            double angle = 2 * Math.PI * i / angles;
            worst = Math.max(worst, at(new double[] {epsilon * Math.cos(angle), epsilon * Math.sin(angle)}));
        }
        return worst;
    }
}
