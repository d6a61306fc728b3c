package org.jacreg.attacks.objective;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small matrices {@code [N, C]} in Java: logits, probabilities, labels. */
final class Rows {

    /** What a distribution in float32 may miss 1 by. */
    private static final double DISTRIBUTION = 1e-4;

    private Rows() {}

    static double[][] of(INDArray matrix) {
        int columns = (int) matrix.size(1);
        double[] values = matrix.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[][] rows = new double[(int) matrix.size(0)][columns];
        for (int n = 0; n < rows.length; n++) {
            System.arraycopy(values, n * columns, rows[n], 0, columns);
        }
        return rows;
    }

    /** The first of the largest entries of every row. */
    static int[] greatest(INDArray matrix) {
        double[][] rows = of(matrix);
        int[] result = new int[rows.length];
        for (int n = 0; n < result.length; n++) {
            for (int c = 1; c < rows[n].length; c++) {
                result[n] = rows[n][c] > rows[n][result[n]] ? c : result[n];
            }
        }
        return result;
    }

    /** {@code ln softmax(z)} of every row, in place. */
    static double[][] logSoftmax(double[][] rows) {
        for (double[] z : rows) {
            double largest = Double.NEGATIVE_INFINITY;
            for (double value : z) {
                largest = Math.max(largest, value);
            }
            double sum = 0;
            for (double value : z) {
                sum += Math.exp(value - largest);
            }
            double logSum = largest + Math.log(sum);
            for (int c = 0; c < z.length; c++) {
                z[c] -= logSum;
            }
        }
        return rows;
    }

    /** Labels that must be distributions: one-hot, smoothed or mixed. */
    static INDArray distributions(INDArray labels) {
        double[][] rows = of(labels);
        for (int n = 0; n < rows.length; n++) {
            double sum = Arrays.stream(rows[n]).sum();
            boolean negative = Arrays.stream(rows[n]).anyMatch(value -> !(value >= 0));
            if (negative || !(Math.abs(sum - 1) <= DISTRIBUTION)) {
                throw new IllegalArgumentException("labels: row " + n + " is " + Arrays.toString(rows[n])
                        + ", expected probabilities that add up to 1, or class indices");
            }
        }
        return labels;
    }

    static INDArray oneHot(int[] classes, int columns, DataType type) {
        double[][] rows = new double[classes.length][columns];
        for (int n = 0; n < rows.length; n++) {
            rows[n][classes[n]] = 1;
        }
        return array(rows, type);
    }

    static INDArray array(double[][] rows, DataType type) {
        return Nd4j.createFromArray(rows).castTo(type);
    }
}
