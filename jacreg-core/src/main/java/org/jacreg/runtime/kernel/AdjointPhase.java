package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What one column phase of the padded image gets back: the kernel columns that see it, and the weights of these as the matrix {@code
 * [(iC, kH), (oC, kernel columns)]}.
 */
final class AdjointPhase {

    private final ConvolutionShape shape;
    private final int[] kernelColumns;
    private final FloatPointer matrix;
    private final FloatBuffer buffer;

    AdjointPhase(ConvolutionShape shape, PlaneGeometry geometry, int phaseColumn) {
        this.shape = shape;
        kernelColumns = IntStream.range(0, shape.window().kernelWidth())
                .filter(j -> geometry.phaseColumn(j) == phaseColumn)
                .toArray();
        long size = Math.max(
                1,
                (long) kernelColumns.length * shape.weights() / shape.window().kernelWidth());
        matrix = new FloatPointer(size);
        buffer = NativeFloats.view("adjoint weights", matrix, size);
    }

    boolean isEmpty() {
        return kernelColumns.length == 0;
    }

    int columnCount() {
        return kernelColumns.length;
    }

    int kernelColumn(int index) {
        return kernelColumns[index];
    }

    /** Columns of the weight matrix. */
    int depth() {
        return shape.output().channels() * kernelColumns.length;
    }

    FloatPointer pointer() {
        return matrix;
    }

    /** Copies the weights that now are; a share of the input channels. */
    void load(FloatBuffer weights, int fromChannel, int toChannel) {
        int height = shape.window().kernelHeight();
        for (int i = fromChannel; i < toChannel; i++) {
            for (int y = 0; y < height; y++) {
                int row = (i * height + y) * depth();
                for (int o = 0; o < shape.output().channels(); o++) {
                    for (int k = 0; k < kernelColumns.length; k++) {
                        float weight = weights.get(shape.format().index(shape, o, i, y, kernelColumns[k]));
                        buffer.put(row + o * kernelColumns.length + k, weight);
                    }
                }
            }
        }
    }
}
