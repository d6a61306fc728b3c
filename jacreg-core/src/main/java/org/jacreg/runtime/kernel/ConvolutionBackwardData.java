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
 * <p>Kernel columns go into the sum of a matrix product, {@code [(iC, kH), (oC, kW)] x [(oC, kW), pixels]}, and kernel rows are added
 * afterwards as slices that are whole rows apart: a compromise between copies before the product and additions after it. Sums are in
 * float32.
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
        phases = IntStream.range(0, shape.window().strideWidth())
                .mapToObj(phase -> new AdjointPhase(shape, geometry, phase))
                .toArray(AdjointPhase[]::new);
        split = BatchTasks.of(shape.batch(), workers);
        channels = BatchTasks.of(shape.input().channels(), workers);
        int depth = Arrays.stream(phases).mapToInt(AdjointPhase::depth).max().orElse(0);
        int rows = shape.input().channels() * shape.window().kernelHeight();
        blocks = ColumnBlocks.of(Math.max(depth, rows), geometry.outHeight, geometry.width, split.most());
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

        private final SampleSource source = cotangents.perTask();
        private final SampleSink sink = output.perTask();
        private final int taps = shape.input().channels() * shape.window().kernelHeight();
        private final int planeSize = geometry.outHeight * geometry.width;
        /** What the furthest row and column of the kernel reach back. */
        private final int rowMargin = geometry.maxShiftRow() * geometry.width;

        private final int columnMargin = geometry.maxShiftColumn();
        private final int sliceSize = rowMargin + blocks.columns();
        private final float[] image = new float[shape.output().size()];
        /** Cotangents, with zeros to the right of each row and before the first. */
        private final float[] planes = new float[columnMargin + shape.output().channels() * planeSize];

        private final FloatPointer shifted;
        private final FloatBuffer shiftedBuffer;
        private final FloatPointer product = new FloatPointer((long) taps * blocks.width());
        private final FloatBuffer productBuffer = NativeFloats.view("product", product, (long) taps * blocks.width());
        /** Slices of the product, with zeros before and after each, into which the shifts reach. */
        private final float[] slices = new float[taps * blocks.samples() * sliceSize + rowMargin];

        private final float[] sum = new float[rowMargin + blocks.columns()];
        private final float[][] results =
                new float[blocks.samples()][shape.input().size()];
        private final int[] starts = new int[shape.window().kernelHeight()];

        Task(int depth) {
            long size = (long) depth * blocks.width();
            shifted = new FloatPointer(size);
            shiftedBuffer = NativeFloats.view("shifted cotangents", shifted, size);
        }

        void scatter(int first, int count) {
            for (int i = 0; i < count; i++) {
                Arrays.fill(results[i], 0f);
            }
            for (int row = 0; row < geometry.outHeight; row += blocks.rows()) {
                int rows = Math.min(blocks.rows(), geometry.outHeight - row);
                for (int phase = 0; phase < phases.length; phase++) {
                    if (!phases[phase].isEmpty()) {
                        scatterPhase(first, count, phase, row, rows);
                    }
                }
            }
            for (int i = 0; i < count; i++) {
                sink.write(first + i, results[i]);
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
            source.read(sample, image);
            int out = geometry.outWidth;
            for (int row = 0; row < shape.output().channels() * geometry.outHeight; row++) {
                System.arraycopy(image, row * out, planes, columnMargin + row * geometry.width, out);
            }
        }

        /** Each kernel column of each output channel: its cotangents, moved right by as much as the column reaches. */
        private void copy(AdjointPhase phase, int column, int row, int count) {
            for (int c = 0; c < shape.output().channels(); c++) {
                int plane = columnMargin + c * planeSize + row * geometry.width;
                for (int k = 0; k < phase.columnCount(); k++) {
                    int to = (c * phase.columnCount() + k) * blocks.width() + column;
                    shiftedBuffer.put(to, planes, plane - geometry.shiftColumn(phase.kernelColumn(k)), count);
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
                int to = (t * blocks.samples() + sample) * sliceSize + rowMargin;
                productBuffer.get(t * blocks.width() + sample * blocks.columns(), slices, to, count);
                // The last block of rows may be shorter than those before it, whose numbers still stand here.
                Arrays.fill(slices, to + count, to + blocks.columns(), 0f);
            }
        }

        private void add(int sample, int phaseColumn, int row, int rows) {
            for (int phase = 0; phase < shape.window().strideHeight(); phase++) {
                int shifts = 0;
                for (int y = 0; y < shape.window().kernelHeight(); y++) {
                    if (geometry.phaseRow(y) == phase) {
                        int slice = (y * blocks.samples() + sample) * sliceSize + rowMargin;
                        starts[shifts++] = slice - geometry.shiftRow(y) * geometry.width;
                    }
                }
                if (shifts > 0) {
                    addPhase(sample, phase, phaseColumn, shifts, row, rows + geometry.maxShiftRow());
                }
            }
        }

        private void addPhase(int sample, int phaseRow, int phaseColumn, int shifts, int row, int rows) {
            int channelSize = shape.window().kernelHeight() * blocks.samples() * sliceSize;
            for (int c = 0; c < shape.input().channels(); c++) {
                ShiftedSums.sum(sum, 0, slices, starts, shifts, c * channelSize, rows * geometry.width);
                for (int y = 0; y < rows; y++) {
                    geometry.addRow(sum, y * geometry.width, results[sample], c, phaseRow, phaseColumn, row + y);
                }
            }
        }
    }
}
