package org.jacreg.classifier;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Class labels, read from the two forms in which ND4J users hold them. */
public final class Labels {

    private Labels() {}

    /**
     * Reads labels as class indices.
     *
     * <p>{@code [N, C]} is one-hot: every row has a single 1 and otherwise 0. {@code [N]} or {@code [N, 1]} holds whole
     * numbers in {@code [0, C)}. With {@code C == 1}, {@code [N, 1]} is read as indices.
     *
     * @param labels one-hot or sparse labels; not modified
     * @param classes {@code C}, the number of classes
     * @return the index of every sample's class
     * @throws IllegalArgumentException if the shape is neither, a row is not one-hot, or an index is no class
     */
    public static int[] indices(INDArray labels, int classes) {
        if (labels.rank() == 2 && labels.size(1) == classes && classes > 1) {
            return fromOneHot(labels, classes);
        }
        if (labels.rank() == 1 || (labels.rank() == 2 && labels.size(1) == 1)) {
            return fromSparse(labels, classes);
        }
        throw new IllegalArgumentException("labels: expected one-hot [N, " + classes
                + "] or class indices [N], got shape " + java.util.Arrays.toString(labels.shape()));
    }

    private static int[] fromOneHot(INDArray labels, int classes) {
        int n = (int) labels.size(0);
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            int hot = -1;
            for (int c = 0; c < classes; c++) {
                double value = labels.getDouble(i, c);
                if (value == 1.0 && hot < 0) {
                    hot = c;
                } else if (!(value == 0.0)) {
                    throw notOneHot(i, c, value);
                }
            }
            if (hot < 0) {
                throw notOneHot(i, 0, 0.0);
            }
            result[i] = hot;
        }
        return result;
    }

    private static int[] fromSparse(INDArray labels, int classes) {
        int n = (int) labels.length();
        int[] result = new int[n];
        INDArray flat = labels.reshape(n);
        for (int i = 0; i < n; i++) {
            double value = flat.getDouble(i);
            if (!(value >= 0 && value < classes && value == Math.rint(value))) {
                throw new IllegalArgumentException("labels: sample " + i + " has class " + value
                        + ", expected a whole number in [0, " + classes + ")");
            }
            result[i] = (int) value;
        }
        return result;
    }

    private static IllegalArgumentException notOneHot(int sample, int column, double value) {
        return new IllegalArgumentException("labels: row " + sample + " is not one-hot (column " + column + " is "
                + value + "); expected a single 1 and otherwise 0");
    }
}
