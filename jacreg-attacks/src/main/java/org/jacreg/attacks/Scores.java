package org.jacreg.attacks;

import java.util.stream.IntStream;
import org.jacreg.runtime.HostRows;
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
        double[] values = values(logits);
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

    private static double[] values(INDArray logits) {
        HostRows rows = HostRows.of(logits).orElse(null);
        if (rows == null) {
            return logits.dup('c').data().asDouble();
        }
        int classes = rows.entries();
        double[] values = new double[rows.rows() * classes];
        float[] row = new float[classes];
        for (int n = 0; n < rows.rows(); n++) {
            rows.read(n, row);
            for (int c = 0; c < classes; c++) {
                values[n * classes + c] = row[c];
            }
        }
        return values;
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
                .filter(n -> !isFinite(values, n * classes, classes))
                .toArray();
        if (bad.length > 0) {
            throw NotFinite.of("logits", bad);
        }
    }

    private static boolean isFinite(double[] values, int offset, int length) {
        for (int k = offset; k < offset + length; k++) {
            if (!Double.isFinite(values[k])) {
                return false;
            }
        }
        return true;
    }
}
