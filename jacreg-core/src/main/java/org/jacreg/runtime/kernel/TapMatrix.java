package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** The im2col matrix {@code [taps, columns]} of a block, in native memory; its rows are in the order of the weights. One thread's. */
final class TapMatrix {

    private final PlaneGeometry geometry;
    private final int[] offsets;
    private final int width;
    private final float[] image;
    private final float[] planes;
    private final FloatPointer matrix;
    private final FloatBuffer buffer;

    TapMatrix(ConvolutionShape shape, PlaneGeometry geometry, ColumnBlocks blocks) {
        this.geometry = geometry;
        width = blocks.width();
        offsets = offsets(shape, geometry);
        planes = geometry.newPlanes();
        image = geometry.isPlain() ? planes : new float[shape.input().size()];
        matrix = new FloatPointer((long) shape.taps() * width);
        buffer = NativeFloats.view("im2col matrix", matrix, (long) shape.taps() * width);
    }

    private static int[] offsets(ConvolutionShape shape, PlaneGeometry geometry) {
        int[] offsets = new int[shape.taps()];
        for (int c = 0; c < shape.input().channels(); c++) {
            for (int i = 0; i < shape.window().kernelHeight(); i++) {
                for (int j = 0; j < shape.window().kernelWidth(); j++) {
                    offsets[shape.format().tap(shape, c, i, j)] = geometry.tapOffset(c, i, j);
                }
            }
        }
        return offsets;
    }

    void load(SampleSource source, int sample) {
        source.read(sample, image);
        if (image != planes) {
            geometry.scatter(image, planes);
        }
    }

    /** Writes the columns of some output rows of the loaded sample. */
    void copy(int column, int row, int rows) {
        int from = row * geometry.width;
        int count = rows * geometry.width;
        for (int k = 0; k < offsets.length; k++) {
            buffer.put(k * width + column, planes, offsets[k] + from, count);
        }
    }

    FloatPointer pointer() {
        return matrix;
    }
}
