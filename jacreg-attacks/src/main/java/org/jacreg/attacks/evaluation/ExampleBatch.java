package org.jacreg.attacks.evaluation;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.report.Fingerprint;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Some examples, checked against the model they are for. */
final class ExampleBatch {

    private final INDArray inputs;
    private final int[] labels;
    private final int first;

    private ExampleBatch(INDArray inputs, int[] labels, int first) {
        this.inputs = inputs;
        this.labels = labels;
        this.first = first;
    }

    /**
     * Checks and copies examples.
     *
     * @throws IllegalArgumentException if a shape does not fit, or an entry is NaN or outside the box
     */
    static ExampleBatch of(Classifier model, INDArray x, int[] labels, int first) {
        long[] shape = model.inputShape();
        boolean fits = !x.isEmpty()
                && x.rank() == shape.length + 1
                && Arrays.equals(Arrays.copyOfRange(x.shape(), 1, x.rank()), shape)
                && x.size(0) == labels.length;
        if (!fits) {
            throw new IllegalArgumentException("evaluation: expected inputs [N, *inputShape] with inputShape "
                    + Arrays.toString(shape) + " and N labels, at least one, got inputs of shape "
                    + Arrays.toString(x.shape()) + " and " + labels.length + " labels (from example " + first + ")");
        }
        INDArray inputs = x.castTo(model.dataType()).dup('c');
        requireInside(inputs, labels.length, model.box(), first);
        return new ExampleBatch(inputs, labels, first);
    }

    private static void requireInside(INDArray inputs, int count, InputBox box, int first) {
        InputBox rounded = rounded(box, inputs.dataType());
        double[] values = inputs.data().asDouble();
        for (int k = 0; k < values.length; k++) {
            if (!rounded.contains(values[k]) || Double.isInfinite(values[k])) {
                throw new IllegalArgumentException("evaluation: example " + (first + k / (values.length / count))
                        + " has an entry " + values[k] + ", expected finite entries in " + box
                        + "; scale the data to the classifier's box, or give the classifier the box of the data");
            }
        }
    }

    /** A box whose bounds are values of a type. */
    static InputBox rounded(InputBox box, DataType type) {
        return type == DataType.FLOAT ? new InputBox((float) box.lower(), (float) box.upper()) : box;
    }

    int size() {
        return labels.length;
    }

    /** {@code [N, *inputShape]} in the model's type, 'c' order, a copy of our own. */
    INDArray inputs() {
        return inputs;
    }

    /** The true class of example {@code n}. */
    int label(int n) {
        return labels[n];
    }

    /** The place of the first example in the data. */
    int first() {
        return first;
    }

    /** The inputs at some rows; the array itself if these are all rows. */
    INDArray inputs(int[] rows) {
        if (rows.length == labels.length) {
            return inputs;
        }
        long[] shape = inputs.shape().clone();
        INDArray flat = inputs.reshape('c', shape[0], -1);
        shape[0] = rows.length;
        return Nd4j.pullRows(flat, 1, rows).reshape('c', shape);
    }

    /** The labels of all examples, a fresh array. */
    int[] labels() {
        return labels.clone();
    }

    /** The labels at some rows. */
    int[] labels(int[] rows) {
        return IntStream.of(rows).map(row -> labels[row]).toArray();
    }

    /** The SHA-256 of shape, inputs and labels. */
    String fingerprint() {
        Fingerprint hash = new Fingerprint();
        for (long size : inputs.shape()) {
            hash.add(size);
        }
        return hash.add(inputs.data().asDouble()).add(labels).hex();
    }
}
