package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What one row phase of the padded image gets back: the kernel rows that see it, and the weights of these as the matrix {@code [(iC, kW),
 * (oC, kernel rows)]}.
 */
final class AdjointPhase {

    private final ConvolutionShape shape;
    private final int[] kernelRows;
    private final FloatPointer matrix;
    private final FloatBuffer buffer;

    AdjointPhase(ConvolutionShape shape, PlaneGeometry geometry, int phaseRow) {
        this.shape = shape;
        kernelRows = IntStream.range(0, shape.window().kernelHeight())
                .filter(i -> geometry.phaseRow(i) == phaseRow)
                .toArray();
        long size = Math.max(
                1, (long) kernelRows.length * shape.weights() / shape.window().kernelHeight());
        matrix = new FloatPointer(size);
        buffer = NativeFloats.view("adjoint weights", matrix, size);
    }

    boolean isEmpty() {
        return kernelRows.length == 0;
    }

    int rowCount() {
        return kernelRows.length;
    }

    int kernelRow(int index) {
        return kernelRows[index];
    }

    /** Columns of the weight matrix. */
    int depth() {
        return shape.output().channels() * kernelRows.length;
    }

    FloatPointer pointer() {
        return matrix;
    }

    /** Copies the weights that now are; a share of the input channels. */
    void load(FloatBuffer weights, int fromChannel, int toChannel) {
        int width = shape.window().kernelWidth();
        for (int i = fromChannel; i < toChannel; i++) {
            for (int x = 0; x < width; x++) {
                int row = (i * width + x) * depth();
                for (int o = 0; o < shape.output().channels(); o++) {
                    for (int r = 0; r < kernelRows.length; r++) {
                        float weight = weights.get(shape.format().index(shape, o, i, kernelRows[r], x));
                        buffer.put(row + o * kernelRows.length + r, weight);
                    }
                }
            }
        }
    }
}
