package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code Y = W * X}, the convolution of {@link ConvolutionShape}, without bias; also the derivative of {@link ConvolutionBackwardData}
 * with respect to its cotangents.
 *
 * <p>Blocks of the im2col matrix are made of long copies (see {@code PlaneGeometry}) and multiplied by the weights while they are in
 * the cache. Sums are in float32.
 */
public final class ConvolutionForward implements Kernel {

    private final ConvolutionShape shape;
    private final Workers workers;
    private final MatrixEngine engine;
    private final PlaneGeometry geometry;
    private final ColumnBlocks blocks;
    private final SampleSource input;
    private final FloatPointer weights;
    private final SampleSink output;
    private final BatchTasks split;
    private final Task[] tasks;
    private final IntConsumer body = this::runTask;

    private ConvolutionForward(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource input,
            FloatPointer weights,
            SampleSink output) {
        NativeFloats.require("weights", weights, shape.weights());
        this.shape = shape;
        this.workers = workers;
        this.engine = backend.engine();
        this.input = input;
        this.weights = weights;
        this.output = output;
        geometry = new PlaneGeometry(shape);
        split = BatchTasks.of(shape.batch(), workers);
        blocks = ColumnBlocks.of(shape.taps(), geometry.outHeight, geometry.width, split.most());
        tasks = new Task[split.tasks()];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = new Task();
        }
    }

    /**
     * Between arrays.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape
     * @param input X; not modified
     * @param weights W; not modified
     * @param output Y; modified
     * @param accumulate whether to add to what Y holds, rather than replace it
     * @return the kernel
     */
    public static ConvolutionForward of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            FloatPointer input,
            FloatPointer weights,
            FloatPointer output,
            boolean accumulate) {
        return of(
                backend,
                workers,
                shape,
                SampleSource.of(input, shape.batch(), shape.input().size()),
                weights,
                SampleSink.of(output, shape.batch(), shape.output().size(), accumulate));
    }

    /**
     * From and to whatever makes and takes samples.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape
     * @param input the samples of X, {@code [iC, H, W]} each
     * @param weights W; not modified
     * @param output takes the samples of Y, {@code [oC, oH, oW]} each
     * @return the kernel
     */
    public static ConvolutionForward of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource input,
            FloatPointer weights,
            SampleSink output) {
        return new ConvolutionForward(backend, workers, shape, input, weights, output);
    }

    @Override
    public void run() {
        workers.parallel(tasks.length, body);
    }

    private void runTask(int index) {
        int token = engine.begin();
        try {
            int to = split.to(index);
            for (int n = split.from(index); n < to; n += blocks.samples()) {
                tasks[index].convolve(n, Math.min(blocks.samples(), to - n));
            }
        } finally {
            engine.end(token);
        }
    }

    @Override
    public String toString() {
        return "convolution forward " + shape;
    }

    /** The scratch memory of one task. */
    private final class Task {

        private final TapMatrix taps = new TapMatrix(shape, geometry, blocks);
        private final FloatPointer product =
                new FloatPointer((long) shape.output().channels() * blocks.width());
        private final FloatBuffer productBuffer =
                NativeFloats.view("product", product, (long) shape.output().channels() * blocks.width());
        private final float[] wide = new float[shape.output().channels() * blocks.width()];
        private final SampleSource source = input.perTask();
        private final SampleSink sink = output.perTask();
        private final float[] result = new float[shape.output().size()];

        void convolve(int first, int count) {
            if (blocks.rows() < geometry.outHeight) {
                convolveByRows(first);
                return;
            }
            for (int i = 0; i < count; i++) {
                taps.load(source, first + i);
                taps.copy(i * blocks.columns(), 0, blocks.rows());
            }
            multiply(count * blocks.columns());
            for (int i = 0; i < count; i++) {
                trim(i * blocks.columns(), 0, blocks.rows());
                sink.write(first + i, result);
            }
        }

        private void convolveByRows(int sample) {
            taps.load(source, sample);
            for (int row = 0; row < geometry.outHeight; row += blocks.rows()) {
                int rows = Math.min(blocks.rows(), geometry.outHeight - row);
                taps.copy(0, row, rows);
                multiply(rows * geometry.width);
                trim(0, row, rows);
            }
            sink.write(sample, result);
        }

        private void multiply(int columns) {
            int channels = shape.output().channels();
            boolean transposed = shape.format().outputLast();
            int lda = transposed ? channels : shape.taps();
            engine.multiply(
                    transposed,
                    false,
                    channels,
                    columns,
                    shape.taps(),
                    1f,
                    weights,
                    lda,
                    taps.pointer(),
                    blocks.width(),
                    0f,
                    product,
                    blocks.width());
            productBuffer.get(0, wide, 0, channels * blocks.width());
        }

        /** Drops the columns past the output's width. */
        private void trim(int column, int row, int rows) {
            int out = geometry.outWidth;
            for (int c = 0; c < shape.output().channels(); c++) {
                int from = c * blocks.width() + column;
                int to = (c * geometry.outHeight + row) * out;
                if (out == geometry.width) {
                    System.arraycopy(wide, from, result, to, rows * out);
                    continue;
                }
                for (int y = 0; y < rows; y++) {
                    System.arraycopy(wide, from + y * geometry.width, result, to + y * out, out);
                }
            }
        }
    }
}
