package org.jacreg.attacks;

import java.util.Random;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear model of two classes with inputs of class 0 or 1, whose greatest margins and least distances are known.
 *
 * @param weights {@code [D][2]}
 * @param bias of both classes
 * @param box the model's box
 * @param x inputs in [0, 1], some on the faces
 */
record LinearProblem(double[][] weights, double[] bias, InputBox box, INDArray x) {

    static LinearProblem of(long seed, int samples, int entries, double[] bias, InputBox box) {
        Random random = new Random(seed);
        double[][] weights = new double[entries][2];
        for (double[] row : weights) {
            row[0] = random.nextGaussian();
            row[1] = random.nextGaussian();
        }
        double[] values = random.doubles((long) samples * entries, -.3, 1.3)
                .map(v -> Math.max(0, Math.min(1, v)))
                .toArray();
        return new LinearProblem(
                weights, bias, box, Nd4j.createFromArray(values).reshape('c', samples, entries));
    }

    ClosedFormNet model() {
        return ClosedFormNet.linear(weights, bias, box);
    }

    INDArray zeros() {
        return Nd4j.zeros(x.size(0));
    }

    INDArray ones() {
        return Nd4j.ones(x.size(0));
    }

    int samples() {
        return (int) x.size(0);
    }

    /** {@code d(z_1 - z_0) / dx_j}. */
    double slope(int j) {
        return weights[j][1] - weights[j][0];
    }

    /** {@code z_1 - z_0} at a sample. */
    double margin(int n) {
        double margin = bias[1] - bias[0];
        for (int j = 0; j < weights.length; j++) {
            margin += slope(j) * x.getDouble(n, j);
        }
        return margin;
    }

    /** The greatest {@code z_1 - z_0} in the Linf ball and the box: every entry at the end that raises it. */
    double greatestMargin(int n, double epsilon) {
        double margin = bias[1] - bias[0];
        for (int j = 0; j < weights.length; j++) {
            double value = x.getDouble(n, j);
            double d = slope(j);
            double end = d > 0 ? Math.min(box.upper(), value + epsilon) : Math.max(box.lower(), value - epsilon);
            margin += d * end;
        }
        return margin;
    }

    /** The dual norm of the slope. */
    double dualNorm(Norm norm) {
        double result = 0;
        for (int j = 0; j < weights.length; j++) {
            double d = Math.abs(slope(j));
            result = switch (norm) {
                case LINF -> result + d;
                case L2 -> Math.hypot(result, d);
                case L1 -> Math.max(result, d);
            };
        }
        return result;
    }
}
