package org.jacreg.runtime.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * {@code C = alpha op(A) op(B) + beta C} for one product or many of one shape, in float32 or float64.
 *
 * <p>One product is split by rows or columns of C, many are shared out one by one. Sums are in the precision of the arrays and in the
 * library's order, so results differ from another library's in the last places. With {@code beta} zero C may hold anything.
 */
public final class MatrixProduct implements Kernel {

    /** Below this a second thread costs more than it brings: some microseconds of work. */
    private static final double FLOPS_WORTH_SHARING = 1e6;

    /** Blocks of C end at multiples of this, the floats of a vector register. */
    private static final int GRAIN = 16;

    private final String name;
    private final Workers workers;
    private final MatrixEngine engine;
    private final Runnable[] parts;
    private final double partFlops;
    private final int tasks;
    private final IntConsumer body;

    private MatrixProduct(String name, CpuBackend backend, Workers workers, List<Runnable> parts, double flops) {
        this.name = name;
        this.workers = workers;
        this.engine = backend.engine();
        this.parts = parts.toArray(new Runnable[0]);
        this.partFlops = flops / parts.size();
        this.tasks = flops < FLOPS_WORTH_SHARING ? 1 : Math.min(workers.size(), parts.size());
        this.body = this::runTask;
    }

    /**
     * One product in float32.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape
     * @param alpha factor of the product
     * @param a not modified
     * @param b not modified
     * @param beta factor of the old C
     * @param c modified
     * @return the kernel
     */
    public static MatrixProduct of(
            CpuBackend backend,
            Workers workers,
            MatrixShape shape,
            float alpha,
            FloatPointer a,
            FloatPointer b,
            float beta,
            FloatPointer c) {
        return batched(backend, workers, shape, MatrixBatch.single(), alpha, a, b, beta, c);
    }

    /**
     * Many products of one shape in float32.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape of each
     * @param batch how many, and where
     * @param alpha factor of the products
     * @param a not modified
     * @param b not modified
     * @param beta factor of the old C
     * @param c modified
     * @return the kernel
     */
    public static MatrixProduct batched(
            CpuBackend backend,
            Workers workers,
            MatrixShape shape,
            MatrixBatch batch,
            float alpha,
            FloatPointer a,
            FloatPointer b,
            float beta,
            FloatPointer c) {
        requireSizes(shape, batch, a, b, c);
        MatrixEngine engine = backend.engine();
        List<Runnable> parts = new ArrayList<>();
        for (Block block : blocks(shape, batch, workers.size())) {
            MatrixShape s = block.shape();
            FloatPointer pa = a.getPointer(block.a());
            FloatPointer pb = b.getPointer(block.b());
            FloatPointer pc = c.getPointer(block.c());
            parts.add(() -> engine.multiply(
                    s.transposeA(),
                    s.transposeB(),
                    s.m(),
                    s.n(),
                    s.k(),
                    alpha,
                    pa,
                    s.lda(),
                    pb,
                    s.ldb(),
                    beta,
                    pc,
                    s.ldc()));
        }
        return new MatrixProduct(name("float32", shape, batch), backend, workers, parts, shape.flops() * batch.count());
    }

    /**
     * One product in float64.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape
     * @param alpha factor of the product
     * @param a not modified
     * @param b not modified
     * @param beta factor of the old C
     * @param c modified
     * @return the kernel
     */
    public static MatrixProduct of(
            CpuBackend backend,
            Workers workers,
            MatrixShape shape,
            double alpha,
            DoublePointer a,
            DoublePointer b,
            double beta,
            DoublePointer c) {
        return batched(backend, workers, shape, MatrixBatch.single(), alpha, a, b, beta, c);
    }

    /**
     * Many products of one shape in float64.
     *
     * @param backend the library
     * @param workers the threads
     * @param shape the shape of each
     * @param batch how many, and where
     * @param alpha factor of the products
     * @param a not modified
     * @param b not modified
     * @param beta factor of the old C
     * @param c modified
     * @return the kernel
     */
    public static MatrixProduct batched(
            CpuBackend backend,
            Workers workers,
            MatrixShape shape,
            MatrixBatch batch,
            double alpha,
            DoublePointer a,
            DoublePointer b,
            double beta,
            DoublePointer c) {
        requireSizes(shape, batch, a, b, c);
        MatrixEngine engine = backend.engine();
        List<Runnable> parts = new ArrayList<>();
        for (Block block : blocks(shape, batch, workers.size())) {
            MatrixShape s = block.shape();
            DoublePointer pa = a.getPointer(block.a());
            DoublePointer pb = b.getPointer(block.b());
            DoublePointer pc = c.getPointer(block.c());
            parts.add(() -> engine.multiply(
                    s.transposeA(),
                    s.transposeB(),
                    s.m(),
                    s.n(),
                    s.k(),
                    alpha,
                    pa,
                    s.lda(),
                    pb,
                    s.ldb(),
                    beta,
                    pc,
                    s.ldc()));
        }
        return new MatrixProduct(name("float64", shape, batch), backend, workers, parts, shape.flops() * batch.count());
    }

    @Override
    public void run() {
        workers.parallel(tasks, body);
    }

    private void runTask(int task) {
        int from = (int) ((long) parts.length * task / tasks);
        int to = (int) ((long) parts.length * (task + 1) / tasks);
        int token = engine.begin(partFlops);
        try {
            for (int i = from; i < to; i++) {
                parts[i].run();
            }
        } finally {
            engine.end(token);
        }
    }

    /** A block of one C, with the offsets of its parts in elements. */
    private record Block(MatrixShape shape, long a, long b, long c) {}

    private static List<Block> blocks(MatrixShape shape, MatrixBatch batch, int threads) {
        // Enough products keep all threads busy without being split, and small ones are not worth it.
        boolean whole = batch.count() >= threads || shape.flops() < FLOPS_WORTH_SHARING;
        int rows = whole || shape.m() < shape.n() ? shape.m() : share(shape.m(), threads);
        int columns = whole || shape.m() >= shape.n() ? shape.n() : share(shape.n(), threads);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            for (int row = 0; row < shape.m(); row += rows) {
                for (int column = 0; column < shape.n(); column += columns) {
                    MatrixShape part =
                            shape.block(Math.min(rows, shape.m() - row), Math.min(columns, shape.n() - column));
                    blocks.add(new Block(
                            part,
                            i * batch.strideA() + shape.offsetA(row),
                            i * batch.strideB() + shape.offsetB(column),
                            i * batch.strideC() + (long) row * shape.ldc() + column));
                }
            }
        }
        return blocks;
    }

    private static int share(int size, int threads) {
        int part = (size + threads - 1) / threads;
        return Math.min(size, (part + GRAIN - 1) / GRAIN * GRAIN);
    }

    private static void requireSizes(MatrixShape shape, MatrixBatch batch, Pointer a, Pointer b, Pointer c) {
        batch.requireSeparate(shape);
        long last = batch.count() - 1L;
        NativeFloats.require("A", a, last * batch.strideA() + shape.sizeA());
        NativeFloats.require("B", b, last * batch.strideB() + shape.sizeB());
        NativeFloats.require("C", c, last * batch.strideC() + shape.sizeC());
    }

    private static String name(String type, MatrixShape shape, MatrixBatch batch) {
        return "matrix product " + type + " " + (batch.count() > 1 ? batch.count() + " times " : "") + shape;
    }

    @Override
    public String toString() {
        return name;
    }
}
