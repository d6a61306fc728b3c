package org.jacreg.attacks;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A random linear model, random inputs in [0, 1] with entries on its faces, and what the strongest attacker can do to it. */
final class LinearOptimum {

    private final double[][] weights;
    private final ClosedFormNet model;
    private final INDArray x;

    LinearOptimum(long seed, int entries, int classes, int samples, InputBox box) {
        Random random = new Random(seed);
        weights = new double[entries][classes];
        for (double[] row : weights) {
            for (int c = 0; c < classes; c++) {
                row[c] = random.nextGaussian();
            }
        }
        model = ClosedFormNet.linear(weights, random.doubles(classes, -.3, .3).toArray(), box);
        double[] values = random.doubles((long) samples * entries, -.3, 1.3)
                .map(v -> Math.max(0, Math.min(1, v)))
                .toArray();
        x = Nd4j.createFromArray(values).reshape('c', samples, entries);
    }

    ClosedFormNet model() {
        return model;
    }

    INDArray x() {
        return x;
    }

    /** The highest margin {@code z_k - z_y} of sample {@code n} over ball and box: a linear program or its l2 counterpart. */
    double margin(int n, int label, int rival, NormBall ball) {
        double[] z = model.logits(x).getRow(n).toDoubleVector();
        double[] v = new double[weights.length];
        for (int j = 0; j < v.length; j++) {
            v[j] = weights[j][rival] - weights[j][label];
        }
        return z[rival] - z[label] + gain(v, x.getRow(n).toDoubleVector(), ball);
    }

    /** The highest loss {@code ln(1 + exp(margin))} of two classes. */
    double loss(int n, int label, NormBall ball) {
        return Math.log1p(Math.exp(margin(n, label, 1 - label, ball)));
    }

    /** Whether some class can be given a greater logit than the label. */
    boolean canBreak(int n, int label, NormBall ball) {
        return IntStream.range(0, model.classes()).anyMatch(k -> k != label && margin(n, label, k, ball) > 0);
    }

    /** {@code max <v, d>} over the ball and {@code lower <= x + d <= upper}. */
    private double gain(double[] v, double[] x, NormBall ball) {
        return switch (ball.norm()) {
            case LINF ->
                IntStream.range(0, v.length)
                        .mapToDouble(j -> Math.abs(v[j]) * Math.min(ball.epsilon(), room(v, x, j)))
                        .sum();
            case L1 -> greedy(v, x, ball.epsilon());
            case L2 -> bisected(v, x, ball.epsilon());
        };
    }

    private double room(double[] v, double[] x, int j) {
        return v[j] > 0 ? model.box().upper() - x[j] : x[j] - model.box().lower();
    }

    /** The radius goes to the steepest entries, each up to its face of the box. */
    private double greedy(double[] v, double[] x, double epsilon) {
        double left = epsilon;
        double gain = 0;
        int[] order = IntStream.range(0, v.length)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> -Math.abs(v[j])))
                .mapToInt(j -> j)
                .toArray();
        for (int j : order) {
            double move = Math.min(left, room(v, x, j));
            gain += Math.abs(v[j]) * move;
            left -= move;
        }
        return gain;
    }

    /** The optimum is {@code clip(c v)}; {@code c} by bisection on its length. */
    private double bisected(double[] v, double[] x, double epsilon) {
        double low = 0;
        double high = 1e6;
        for (int k = 0; k < 200; k++) {
            double c = (low + high) / 2;
            double squares = 0;
            for (int j = 0; j < v.length; j++) {
                squares += Math.pow(Math.min(c * Math.abs(v[j]), room(v, x, j)), 2);
            }
            if (Math.sqrt(squares) < epsilon) {
                low = c;
            } else {
                high = c;
            }
        }
        double gain = 0;
        for (int j = 0; j < v.length; j++) {
            gain += Math.abs(v[j]) * Math.min(low * Math.abs(v[j]), room(v, x, j));
        }
        return gain;
    }
}
