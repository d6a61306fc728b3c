package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The adjoint of a convolution: {@code dX[n, i] = sum over o, a, b of W[o, i, a, b] G[n, o]} shifted back by the tap, which is the
 * gradient with respect to the input, and what {@code deconv2d} computes.
 *
 * <p>Kernel rows go into the sum of a matrix product, {@code [(iC, kW), (oC, kH)] x [(oC, kH), pixels]}, and kernel columns are added
 * afterwards as shifted rows: a compromise between copies before the product and additions after it. Sums are in float32.
 */
public final class ConvolutionBackwardData implements Kernel {

    private final ConvolutionShape shape;
    private final Workers workers;
    private final MatrixEngine engine;
    private final PlaneGeometry geometry;
    private final ColumnBlocks blocks;
    private final SampleSource cotangents;
    private final FloatPointer weightsPointer;
    private final FloatBuffer weights;
    private final SampleSink output;
    private final AdjointPhase[] phases;
    private final BatchTasks split;
    private final BatchTasks channels;
    private final Task[] tasks;
    private final IntConsumer load = this::loadShare;
    private final IntConsumer body = this::runTask;

    private ConvolutionBackwardData(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource cotangents,
            FloatPointer weights,
            SampleSink output) {
        this.shape = shape;
        this.workers = workers;
        this.engine = backend.engine();
        this.cotangents = cotangents;
        this.weightsPointer = weights;
        this.weights = NativeFloats.view("weights", weights, shape.weights());
        this.output = output;
        geometry = new PlaneGeometry(shape);
        phases = IntStream.range(0, shape.window().strideHeight())
                .mapToObj(phase -> new AdjointPhase(shape, geometry, phase))
                .toArray(AdjointPhase[]::new);
        split = BatchTasks.of(shape.batch(), workers);
        channels = BatchTasks.of(shape.input().channels(), workers);
        int depth = Arrays.stream(phases).mapToInt(AdjointPhase::depth).max().orElse(0);
        int rows = shape.input().channels() * shape.window().kernelWidth();
        blocks = ColumnBlocks.of(Math.max(depth, rows), geometry.height, geometry.width, split.most());
        tasks = new Task[split.tasks()];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = new Task(depth);
        }
    }

    /**
     * Between arrays.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape of the convolution whose adjoint this is
     * @param cotangents G, shaped as Y; not modified
     * @param weights W; not modified
     * @param output dX, shaped as X; modified
     * @param accumulate whether to add to what dX holds, rather than replace it
     * @return the kernel
     */
    public static ConvolutionBackwardData of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            FloatPointer cotangents,
            FloatPointer weights,
            FloatPointer output,
            boolean accumulate) {
        return of(
                backend,
                workers,
                shape,
                SampleSource.of(cotangents, shape.batch(), shape.output().size()),
                weights,
                SampleSink.of(output, shape.batch(), shape.input().size(), accumulate));
    }

    /**
     * From and to whatever makes and takes samples.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape of the convolution whose adjoint this is
     * @param cotangents the samples of G, {@code [oC, oH, oW]} each
     * @param weights W; not modified
     * @param output takes the samples of dX, {@code [iC, H, W]} each
     * @return the kernel
     */
    public static ConvolutionBackwardData of(
            CpuBackend backend,
            Workers workers,
            ConvolutionShape shape,
            SampleSource cotangents,
            FloatPointer weights,
            SampleSink output) {
        return new ConvolutionBackwardData(backend, workers, shape, cotangents, weights, output);
    }

    @Override
    public void run() {
        workers.parallel(channels.tasks(), load);
        workers.parallel(tasks.length, body);
    }

    private void loadShare(int index) {
        for (AdjointPhase phase : phases) {
            phase.load(weights, channels.from(index), channels.to(index));
        }
    }

    private void runTask(int index) {
        int token = engine.begin();
        try {
            int to = split.to(index);
            for (int n = split.from(index); n < to; n += blocks.samples()) {
                tasks[index].scatter(n, Math.min(blocks.samples(), to - n));
            }
        } finally {
            engine.end(token);
        }
    }

    @Override
    public String toString() {
        return "convolution backward data " + shape + " from " + weightsPointer.limit() + " weights";
    }

    /** The scratch memory of one task. */
    private final class Task {

        private final int taps = shape.input().channels() * shape.window().kernelWidth();
        private final int margin = geometry.maxShiftColumn();
        private final int marginRows = geometry.maxShiftRow();
        private final int planeSize = (geometry.outHeight + 2 * marginRows) * geometry.width;
        private final float[] image = new float[shape.output().size()];
        /** Cotangents with rows of zeros above and below, and columns of zeros to the right. */
        private final float[] planes = new float[shape.output().channels() * planeSize];

        private final FloatPointer shifted;
        private final FloatBuffer shiftedBuffer;
        private final FloatPointer product = new FloatPointer((long) taps * blocks.width());
        private final FloatBuffer productBuffer = NativeFloats.view("product", product, (long) taps * blocks.width());
        /** Slices of the product, each behind zeros for the shifts to reach back into. */
        private final float[] slices = new float
                [shape.input().channels()
                        * shape.window().kernelWidth()
                        * blocks.samples()
                        * (geometry.maxShiftColumn() + blocks.columns())];

        private final float[] sum = new float[blocks.columns()];
        private final float[][] results =
                new float[blocks.samples()][shape.input().size()];
        private final int[] starts = new int[shape.window().kernelWidth()];

        Task(int depth) {
            long size = (long) depth * blocks.width();
            shifted = new FloatPointer(size);
            shiftedBuffer = NativeFloats.view("shifted cotangents", shifted, size);
        }

        void scatter(int first, int count) {
            for (int i = 0; i < count; i++) {
                Arrays.fill(results[i], 0f);
            }
            for (int row = 0; row < geometry.height; row += blocks.rows()) {
                int rows = Math.min(blocks.rows(), geometry.height - row);
                for (int phase = 0; phase < phases.length; phase++) {
                    if (!phases[phase].isEmpty()) {
                        scatterPhase(first, count, phase, row, rows);
                    }
                }
            }
            for (int i = 0; i < count; i++) {
                output.write(first + i, results[i]);
            }
        }

        private void scatterPhase(int first, int count, int phase, int row, int rows) {
            for (int i = 0; i < count; i++) {
                if (count > 1 || (phase == 0 && row == 0)) {
                    load(first + i);
                }
                copy(phases[phase], i * blocks.columns(), row, rows * geometry.width);
            }
            multiply(phases[phase], (count - 1) * blocks.columns() + rows * geometry.width);
            for (int i = 0; i < count; i++) {
                slice(i, rows * geometry.width);
                add(i, phase, row, rows);
            }
        }

        private void load(int sample) {
            cotangents.read(sample, image);
            int out = geometry.outWidth;
            for (int c = 0; c < shape.output().channels(); c++) {
                for (int y = 0; y < geometry.outHeight; y++) {
                    int to = c * planeSize + (marginRows + y) * geometry.width;
                    System.arraycopy(image, (c * geometry.outHeight + y) * out, planes, to, out);
                }
            }
        }

        /** Each kernel row of each output channel: its cotangents, moved down by as much as the row reaches. */
        private void copy(AdjointPhase phase, int column, int row, int count) {
            for (int c = 0; c < shape.output().channels(); c++) {
                for (int r = 0; r < phase.rowCount(); r++) {
                    int from = (marginRows + row - geometry.shiftRow(phase.kernelRow(r))) * geometry.width;
                    int to = (c * phase.rowCount() + r) * blocks.width() + column;
                    shiftedBuffer.put(to, planes, c * planeSize + from, count);
                }
            }
        }

        private void multiply(AdjointPhase phase, int columns) {
            int width = blocks.width();
            int depth = phase.depth();
            engine.multiply(
                    false, false, taps, columns, depth, 1f, phase.pointer(), depth, shifted, width, 0f, product, width);
        }

        private void slice(int sample, int count) {
            for (int t = 0; t < taps; t++) {
                int to = (t * blocks.samples() + sample) * (margin + blocks.columns()) + margin;
                productBuffer.get(t * blocks.width() + sample * blocks.columns(), slices, to, count);
            }
        }

        private void add(int sample, int phaseRow, int row, int rows) {
            for (int phase = 0; phase < shape.window().strideWidth(); phase++) {
                int shifts = 0;
                for (int x = 0; x < shape.window().kernelWidth(); x++) {
                    if (geometry.phaseColumn(x) == phase) {
                        starts[shifts++] = (x * blocks.samples() + sample) * (margin + blocks.columns())
                                + margin
                                - geometry.shiftColumn(x);
                    }
                }
                if (shifts > 0) {
                    addPhase(sample, phaseRow, phase, shifts, row, rows);
                }
            }
        }

        private void addPhase(int sample, int phaseRow, int phaseColumn, int shifts, int row, int rows) {
            int channelSize = shape.window().kernelWidth() * blocks.samples() * (margin + blocks.columns());
            for (int c = 0; c < shape.input().channels(); c++) {
                ShiftedSums.sum(sum, 0, slices, starts, shifts, c * channelSize, rows * geometry.width);
                for (int y = 0; y < rows; y++) {
                    geometry.gatherRow(sum, y * geometry.width, results[sample], c, phaseRow, phaseColumn, row + y);
                }
            }
        }
    }
}
