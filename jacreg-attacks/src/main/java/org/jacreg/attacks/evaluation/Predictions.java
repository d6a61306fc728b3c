package org.jacreg.attacks.evaluation;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What logits say about labelled examples, read on the host in double. */
final class Predictions {

    /** Rows of softmax in FLOAT sum to 1 within a few roundings for every class; logits do not do so by chance. */
    private static final double SUM_ROUNDING = 1e-4;

    private final double[][] logits;
    private final int[] labels;

    private Predictions(double[][] logits, int[] labels) {
        this.logits = logits;
        this.labels = labels;
    }

    /**
     * Reads logits.
     *
     * @throws ArithmeticException if one is NaN or infinite, naming the first example
     */
    static Predictions of(INDArray logits, int[] labels, int firstExample) {
        if (logits.rank() != 2 || logits.size(0) != labels.length) {
            throw new IllegalStateException("the classifier returned logits of shape "
                    + java.util.Arrays.toString(logits.shape()) + " for " + labels.length + " inputs");
        }
        double[][] values = logits.toDoubleMatrix();
        for (int n = 0; n < values.length; n++) {
            for (double value : values[n]) {
                if (!Double.isFinite(value)) {
                    throw new ArithmeticException("the classifier's logits are NaN or infinite at example "
                            + (firstExample + n) + "; its accuracy means nothing. Check the weights and the scale of"
                            + " the input");
                }
            }
        }
        return new Predictions(values, labels);
    }

    int size() {
        return labels.length;
    }

    /** A copy of the logits of example {@code n}. */
    double[] logits(int n) {
        return logits[n].clone();
    }

    boolean correct(int n) {
        return prediction(n) == labels[n];
    }

    /** The class of the greatest logit of example {@code n}; the first wins a tie. */
    int prediction(int n) {
        double[] z = logits[n];
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            if (z[c] > z[top]) {
                top = c;
            }
        }
        return top;
    }

    /** The cross-entropy of example {@code n} with its label. */
    double loss(int n) {
        double[] z = logits[n];
        double top = z[prediction(n)];
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value - top);
        }
        return Math.log(sum) + top - z[labels[n]];
    }

    /** By how much the greatest other logit exceeds that of the true class. */
    double margin(int n) {
        double[] z = logits[n];
        double rival = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < z.length; c++) {
            if (c != labels[n]) {
                rival = Math.max(rival, z[c]);
            }
        }
        return rival - z[labels[n]];
    }

    /** The greatest absolute logit of example {@code n}. */
    double size(int n) {
        double size = 0;
        for (double value : logits[n]) {
            size = Math.max(size, Math.abs(value));
        }
        return size;
    }

    /** Whether the logits of example {@code n} look like probabilities: in [0, 1], with sum 1. */
    boolean likeProbabilities(int n) {
        double sum = 0;
        for (double value : logits[n]) {
            if (!(value >= 0 && value <= 1)) {
                return false;
            }
            sum += value;
        }
        return Math.abs(sum - 1) <= SUM_ROUNDING;
    }
}
