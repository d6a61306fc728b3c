package org.jacreg.attacks;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jacreg.attacks.threat.Norm;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The distance to the nearest error of a linear model in a box, by bisection: for every radius, how far can a margin be raised? */
final class NearestError {

    private static final int HALVINGS = 200;

    private NearestError() {}

    /** The distance at which the nearest class catches up with {@code label}; 0 if one is ahead, infinite if none can. */
    static double untargeted(ClosedFormNet model, double[] x, int label, Norm norm) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < model.classes(); k++) {
            if (k != label) {
                nearest = Math.min(nearest, toBoundary(model, x, label, k, norm));
            }
        }
        return nearest;
    }

    /** The distance at which class {@code k} catches up with class {@code label}. */
    static double toBoundary(ClosedFormNet model, double[] x, int label, int k, Norm norm) {
        double[] z = logits(model, x);
        double[][] weights = model.layers().get(0).weights();
        double[] w =
                Arrays.stream(weights).mapToDouble(row -> row[k] - row[label]).toArray();
        double[] slack = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            slack[j] =
                    w[j] > 0 ? model.box().upper() - x[j] : x[j] - model.box().lower();
        }
        return root(radius -> rise(norm, w, slack, radius) - (z[label] - z[k]));
    }

    private static double[] logits(ClosedFormNet model, double[] x) {
        INDArray row = org.nd4j.linalg.factory.Nd4j.createFromArray(x).reshape(1, x.length);
        return model.logits(row).toDoubleMatrix()[0];
    }

    /** The place where an increasing function meets 0; 0 if it is there from the start, infinite if it never does. */
    private static double root(DoubleUnaryOperator f) {
        double low = 0;
        double high = 1e6;
        if (f.applyAsDouble(0) >= 0) {
            return 0;
        }
        if (f.applyAsDouble(high) < 0) {
            return Double.POSITIVE_INFINITY;
        }
        for (int k = 0; k < HALVINGS; k++) {
            double middle = (low + high) / 2;
            if (f.applyAsDouble(middle) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The greatest {@code <w, d>} with {@code ||d|| <= radius} inside the box. */
    private static double rise(Norm norm, double[] w, double[] slack, double radius) {
        return switch (norm) {
            case LINF -> sum(w, slack, w1 -> radius);
            case L2 -> {
                double factor = root(t -> Math.sqrt(squares(w, slack, t)) - radius);
                yield factor == Double.POSITIVE_INFINITY ? sum(w, slack, w1 -> 1e9) : sum(w, slack, w1 -> factor * w1);
            }
            case L1 -> greedy(w, slack, radius);
        };
    }

    private static double squares(double[] w, double[] slack, double factor) {
        double sum = 0;
        for (int j = 0; j < w.length; j++) {
            double d = Math.min(slack[j], factor * Math.abs(w[j]));
            sum += d * d;
        }
        return sum;
    }

    private static double sum(double[] w, double[] slack, DoubleUnaryOperator size) {
        double sum = 0;
        for (int j = 0; j < w.length; j++) {
            sum += Math.abs(w[j]) * Math.min(slack[j], size.applyAsDouble(Math.abs(w[j])));
        }
        return sum;
    }

    /** Spends the radius on the entries of greatest weight. */
    private static double greedy(double[] w, double[] slack, double radius) {
        double rest = radius;
        double sum = 0;
        boolean[] spent = new boolean[w.length];
        for (int round = 0; round < w.length; round++) {
            int best = -1;
            for (int j = 0; j < w.length; j++) {
                best = !spent[j] && (best < 0 || Math.abs(w[j]) > Math.abs(w[best])) ? j : best;
            }
            spent[best] = true;
            double size = Math.min(rest, slack[best]);
            sum += size * Math.abs(w[best]);
            rest -= size;
        }
        return sum;
    }
}
