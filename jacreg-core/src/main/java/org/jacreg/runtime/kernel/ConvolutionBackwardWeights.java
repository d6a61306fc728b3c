package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The gradient of a convolution with respect to its weights: {@code dW[o, i, a, b] = sum over n, y, x of G[n, o, y, x] X[n, i, y sH + a dH
 * - top, x sW + b dW - left]}, in the weights' format.
 *
 * <p>Each task sums its samples; the sums are added in the order of the tasks, so results depend on the number of workers, but not on
 * chance. An infinity or NaN in X may spread over the gradients of a channel.
 */
public final class ConvolutionBackwardWeights implements Kernel {

    /** Output channels that fill a vector register when they stand last. */
    private static final int VECTOR = 16;

    private final ConvolutionShape shape;
    private final Workers workers;
    private final MatrixEngine engine;
    private final PlaneGeometry geometry;
    private final ColumnBlocks blocks;
    private final SampleSource input;
    private final SampleSource cotangents;
    private final FloatBuffer gradient;
    private final FloatPointer gradientPointer;
    private final boolean accumulate;
    private final BatchTasks split;
    private final Task[] tasks;
    private final IntConsumer body = this::runTask;
    private final IntConsumer sum = this::sumShare;

    private ConvolutionBackwardWeights(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource input,
            SampleSource cotangents,
            FloatPointer gradient,
            boolean accumulate) {
        this.shape = shape;
        this.workers = workers;
        this.engine = backend.engine();
        this.input = input;
        this.cotangents = cotangents;
        this.gradientPointer = gradient;
        this.gradient = NativeFloats.view("gradient", gradient, shape.weights());
        this.accumulate = accumulate;
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
     * @param shape the shape of the convolution
     * @param input X; not modified
     * @param cotangents G, shaped as Y; not modified
     * @param gradient dW; modified
     * @param accumulate whether to add to what dW holds, rather than replace it
     * @return the kernel
     */
    public static ConvolutionBackwardWeights of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            FloatPointer input,
            FloatPointer cotangents,
            FloatPointer gradient,
            boolean accumulate) {
        return of(
                backend,
                workers,
                shape,
                SampleSource.of(input, shape.batch(), shape.input().size()),
                SampleSource.of(cotangents, shape.batch(), shape.output().size()),
                gradient,
                accumulate);
    }

    /**
     * From whatever makes samples.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape of the convolution
     * @param input the samples of X, {@code [iC, H, W]} each
     * @param cotangents the samples of G, {@code [oC, oH, oW]} each
     * @param gradient dW; modified
     * @param accumulate whether to add to what dW holds, rather than replace it
     * @return the kernel
     */
    public static ConvolutionBackwardWeights of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource input,
            SampleSource cotangents,
            FloatPointer gradient,
            boolean accumulate) {
        return new ConvolutionBackwardWeights(backend, workers, shape, input, cotangents, gradient, accumulate);
    }

    @Override
    public void run() {
        workers.parallel(tasks.length, body);
        workers.parallel(tasks.length, sum);
    }

    private void runTask(int index) {
        Task task = tasks[index];
        int token = engine.begin();
        try {
            task.start();
            int to = split.to(index);
            for (int n = split.from(index); n < to; n += blocks.samples()) {
                task.add(n, Math.min(blocks.samples(), to - n));
            }
            task.finish();
        } finally {
            engine.end(token);
        }
    }

    /** Adds up a share of the taps over all tasks. */
    private void sumShare(int index) {
        BatchTasks share =
                new BatchTasks(shape.window().kernelHeight() * shape.window().kernelWidth(), tasks.length);
        int width = shape.window().kernelWidth();
        for (int tap = share.from(index); tap < share.to(index); tap++) {
            for (int i = 0; i < shape.input().channels(); i++) {
                for (int o = 0; o < shape.output().channels(); o++) {
                    sumOne(o, i, tap / width, tap % width);
                }
            }
        }
    }

    private void sumOne(int o, int i, int y, int x) {
        int tap = shape.format().tap(shape, i, y, x);
        int at = tapsFirst() ? tap * shape.output().channels() + o : o * shape.taps() + tap;
        int index = shape.format().index(shape, o, i, y, x);
        float total = accumulate ? gradient.get(index) : 0;
        for (Task task : tasks) {
            total += task.sums[at];
        }
        gradient.put(index, total);
    }

    /** The product is fastest with the longer side, or a whole number of vectors, last. */
    private boolean tapsFirst() {
        return shape.output().channels() >= VECTOR;
    }

    @Override
    public String toString() {
        return "convolution backward weights " + shape + " to " + gradientPointer.limit() + " elements";
    }

    /** The scratch memory of one task. */
    private final class Task {

        private final SampleSource inputs = input.perTask();
        private final SampleSource cotangentRows = cotangents.perTask();
        private final int channels = shape.output().channels();
        private final TapMatrix taps = new TapMatrix(shape, geometry, blocks);
        private final FloatPointer rows = new FloatPointer((long) channels * blocks.width());
        private final FloatBuffer rowsBuffer =
                NativeFloats.view("cotangent rows", rows, (long) channels * blocks.width());
        private final FloatPointer product = new FloatPointer(shape.weights());
        private final FloatBuffer productBuffer = NativeFloats.view("product", product, shape.weights());
        private final float[] image = new float[shape.output().size()];
        /** The columns past the output's width stay zero. */
        private final float[] wide = new float[channels * geometry.outHeight * geometry.width];

        private final float[] sums = new float[shape.weights()];
        private boolean empty = true;

        void start() {
            empty = true;
        }

        void add(int first, int count) {
            if (blocks.rows() < geometry.outHeight) {
                load(first);
                for (int row = 0; row < geometry.outHeight; row += blocks.rows()) {
                    int height = Math.min(blocks.rows(), geometry.outHeight - row);
                    copy(0, row, height);
                    multiply(height * geometry.width);
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                load(first + i);
                copy(i * blocks.columns(), 0, blocks.rows());
            }
            multiply(count * blocks.columns());
        }

        private void load(int sample) {
            taps.load(inputs, sample);
            cotangentRows.read(sample, image);
            int out = geometry.outWidth;
            for (int row = 0; row < channels * geometry.outHeight; row++) {
                System.arraycopy(image, row * out, wide, row * geometry.width, out);
            }
        }

        private void copy(int column, int row, int height) {
            taps.copy(column, row, height);
            for (int c = 0; c < channels; c++) {
                int from = (c * geometry.outHeight + row) * geometry.width;
                rowsBuffer.put(c * blocks.width() + column, wide, from, height * geometry.width);
            }
        }

        private void multiply(int columns) {
            boolean first = tapsFirst();
            int m = first ? shape.taps() : channels;
            int n = first ? channels : shape.taps();
            FloatPointer a = first ? taps.pointer() : rows;
            FloatPointer b = first ? rows : taps.pointer();
            engine.multiply(
                    false, true, m, n, columns, 1f, a, blocks.width(), b, blocks.width(), empty ? 0f : 1f, product, n);
            empty = false;
        }

        void finish() {
            productBuffer.get(0, sums, 0, sums.length);
        }
    }
}
