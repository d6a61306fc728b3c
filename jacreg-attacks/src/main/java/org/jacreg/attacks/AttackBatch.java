package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.Labels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A checked batch. */
final class AttackBatch {

    private final INDArray points;
    private final int[] labels;
    private final long[] inputShape;

    private AttackBatch(INDArray points, int[] labels, long[] inputShape) {
        this.points = points;
        this.labels = labels;
        this.inputShape = inputShape;
    }

    static AttackBatch of(Classifier model, INDArray x, INDArray y) {
        long[] inputShape = model.inputShape();
        boolean fits = !x.isEmpty()
                && x.rank() == inputShape.length + 1
                && Arrays.equals(Arrays.copyOfRange(x.shape(), 1, x.rank()), inputShape);
        if (!fits) {
            throw new IllegalArgumentException("input: expected a batch [N, " + join(inputShape)
                    + "] with at least one sample, got shape " + Arrays.toString(x.shape()));
        }
        if (model.classes() < 2) {
            throw new IllegalArgumentException(
                    "classifier: expected at least 2 classes to attack, got " + model.classes());
        }
        int[] labels = Labels.indices(y, model.classes());
        if (labels.length != x.size(0)) {
            throw new IllegalArgumentException("labels: expected one for each of " + x.size(0) + " samples, got "
                    + labels.length + " in shape " + Arrays.toString(y.shape()));
        }
        INDArray points = x.castTo(model.dataType()).dup('c').reshape('c', x.size(0), -1);
        return new AttackBatch(points, labels, inputShape);
    }

    /** {@code [N, D]} in the model's type, 'c' order, a copy of our own. */
    INDArray points() {
        return points;
    }

    /** {@code N} classes; not to be modified. */
    int[] labels() {
        return labels;
    }

    int size() {
        return labels.length;
    }

    /** The samples at some rows, as a batch of their own. */
    AttackBatch rows(int[] rows) {
        int[] chosen = Arrays.stream(rows).map(row -> labels[row]).toArray();
        return new AttackBatch(Nd4j.pullRows(points, 1, rows), chosen, inputShape);
    }

    /** Rows in the model's type as the model's input {@code [n, *inputShape]}. */
    INDArray inputs(double[][] rows) {
        DataType type = points.dataType();
        INDArray flat;
        int entries = (int) points.size(1);
        if (type == DataType.DOUBLE) {
            double[] values = new double[rows.length * entries];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(rows[i], 0, values, i * entries, entries);
            }
            flat = Nd4j.createFromArray(values);
        } else {
            float[] values = new float[rows.length * entries];
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < entries; j++) {
                    values[i * entries + j] = (float) rows[i][j];
                }
            }
            flat = Nd4j.createFromArray(values).castTo(type);
        }
        return shaped(flat.reshape('c', rows.length, entries));
    }

    /** A view of {@code [N, D]} as the model's input {@code [N, *inputShape]}. */
    INDArray shaped(INDArray flat) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = flat.size(0);
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return flat.reshape('c', shape);
    }

    /** An array {@code [N, *inputShape]} that came from the model, as {@code [N, D]} in 'c' order. */
    INDArray flat(INDArray shaped) {
        if (shaped.length() != points.length() || shaped.size(0) != points.size(0)) {
            throw new IllegalStateException("the classifier returned a gradient of shape "
                    + Arrays.toString(shaped.shape()) + " for " + size() + " inputs of shape "
                    + Arrays.toString(inputShape));
        }
        return shaped.reshape('c', points.shape());
    }

    private static String join(long[] shape) {
        String text = Arrays.toString(shape);
        return text.substring(1, text.length() - 1);
    }
}
