package org.jacreg.classifier;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows of probabilities. */
final class Distributions {

    /** What a float32 softmax over many classes may miss 1 by. */
    private static final double TOLERANCE = 1e-4;

    private Distributions() {}

    /**
     * Checks that rows are distributions.
     *
     * @param rows {@code [N, C]}; not modified
     * @return a copy in float64
     * @throws IllegalArgumentException if they are none
     */
    static INDArray checked(INDArray rows, int classes) {
        if (rows.rank() != 2 || rows.size(1) != classes || rows.isEmpty()) {
            throw new IllegalArgumentException(
                    "targets: expected distributions [N, " + classes + "], got shape " + Arrays.toString(rows.shape()));
        }
        INDArray copy = rows.castTo(DataType.DOUBLE).dup('c');
        double[] values = copy.data().asDouble();
        for (int n = 0; n < rows.size(0); n++) {
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                double value = values[n * classes + c];
                if (!(value >= 0)) {
                    throw new IllegalArgumentException("targets: row " + n + " has " + value + " for class " + c
                            + ", expected probabilities; apply a softmax to logits");
                }
                sum += value;
            }
            if (!(Math.abs(sum - 1) <= TOLERANCE)) {
                throw new IllegalArgumentException(
                        "targets: row " + n + " adds up to " + sum + ", expected 1; apply a softmax to logits");
            }
        }
        return copy;
    }
}
