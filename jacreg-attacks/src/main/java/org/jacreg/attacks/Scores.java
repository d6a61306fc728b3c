package org.jacreg.attacks;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Loss and prediction of every sample, on the host. */
final class Scores {

    private final double[] loss;
    private final int[] prediction;

    private Scores(double[] loss, int[] prediction) {
        this.loss = loss;
        this.prediction = prediction;
    }

    /** Reads logits {@code [N, C]}; not modified. */
    static Scores of(INDArray logits, int[] labels) {
        int samples = labels.length;
        if (logits.rank() != 2 || logits.size(0) != samples) {
            throw new IllegalStateException("the classifier returned logits of shape "
                    + java.util.Arrays.toString(logits.shape()) + " for " + samples + " inputs");
        }
        int classes = (int) logits.size(1);
        double[] values = logits.dup('c').data().asDouble();
        requireFinite(values, samples, classes);
        double[] loss = new double[samples];
        int[] prediction = new int[samples];
        for (int n = 0; n < samples; n++) {
            int offset = n * classes;
            int top = 0;
            for (int c = 1; c < classes; c++) {
                if (values[offset + c] > values[offset + top]) {
                    top = c;
                }
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += Math.exp(values[offset + c] - values[offset + top]);
            }
            loss[n] = Math.log(sum) + values[offset + top] - values[offset + labels[n]];
            prediction[n] = top;
        }
        return new Scores(loss, prediction);
    }

    /** The cross-entropy of sample {@code n} with its label, in double whatever the model's type. */
    double loss(int n) {
        return loss[n];
    }

    /** The class of the greatest logit of sample {@code n}; the first wins a tie. */
    int prediction(int n) {
        return prediction[n];
    }

    private static void requireFinite(double[] values, int samples, int classes) {
        int[] bad = IntStream.range(0, samples)
                .filter(n -> !IntStream.range(n * classes, (n + 1) * classes).allMatch(k -> Double.isFinite(values[k])))
                .toArray();
        if (bad.length > 0) {
            throw NotFinite.of("logits", bad);
        }
    }
}
