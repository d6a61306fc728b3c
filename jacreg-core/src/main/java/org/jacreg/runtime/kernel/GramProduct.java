package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code C = A^T A} of a row-major A, {@code [k, h]}, or {@code C = A A^T} of a row-major A, {@code [h, k]}, in float32: the upper half is
 * multiplied, strip by strip, the lower one copied, so C is symmetric to the last bit.
 *
 * <p>Sums are in the library's order. C may hold anything before.
 */
public final class GramProduct implements Kernel {

    private static final int LINE = 16;

    private final MatrixEngine engine;
    private final Workers workers;
    private final boolean columns;
    private final int size;
    private final int inner;
    private final FloatPointer[] strips;
    private final FloatPointer[] results;
    private final int[] bounds;
    private final FloatBuffer product;
    private final Scratch[] scratch;
    private final IntConsumer multiply = this::multiplyPair;
    private final IntConsumer mirror = this::mirrorPair;

    private GramProduct(
            CpuBackend backend, Workers workers, boolean columns, int size, int inner, FloatPointer a, FloatPointer c) {
        NativeFloats.require("A", a, (long) size * inner);
        this.engine = backend.engine();
        this.workers = workers;
        this.columns = columns;
        this.size = size;
        this.inner = inner;
        this.product = NativeFloats.view("C", c, (long) size * size);
        int count = 2 * workers.size();
        bounds = new int[count + 1];
        strips = new FloatPointer[count];
        results = new FloatPointer[count];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) size * i / count);
        }
        for (int i = 0; i < count; i++) {
            strips[i] = a.getPointer(columns ? bounds[i] : (long) bounds[i] * inner);
            results[i] = c.getPointer((long) bounds[i] * size + bounds[i]);
        }
        scratch = new Scratch[workers.size()];
        Arrays.setAll(scratch, i -> new Scratch(size));
    }

    /**
     * Of columns.
     *
     * @param backend the library
     * @param workers the threads
     * @param k rows of A
     * @param h columns of A
     * @param a {@code [k, h]}; not modified
     * @param c {@code [h, h]}; modified
     * @return the kernel of {@code A^T A}
     */
    public static GramProduct ofColumns(
            CpuBackend backend, Workers workers, int k, int h, FloatPointer a, FloatPointer c) {
        return new GramProduct(backend, workers, true, h, k, a, c);
    }

    /**
     * Of rows.
     *
     * @param backend the library
     * @param workers the threads
     * @param h rows of A
     * @param k columns of A
     * @param a {@code [h, k]}; not modified
     * @param c {@code [h, h]}; modified
     * @return the kernel of {@code A A^T}
     */
    public static GramProduct ofRows(
            CpuBackend backend, Workers workers, int h, int k, FloatPointer a, FloatPointer c) {
        return new GramProduct(backend, workers, false, h, k, a, c);
    }

    @Override
    public void run() {
        workers.parallel(workers.size(), multiply);
        workers.parallel(workers.size(), mirror);
    }

    /** A long strip with a short one: all threads have the same work. */
    private void multiplyPair(int thread) {
        int token = engine.begin();
        try {
            multiplyStrip(thread);
            multiplyStrip(strips.length - 1 - thread);
        } finally {
            engine.end(token);
        }
    }

    private void multiplyStrip(int index) {
        int height = bounds[index + 1] - bounds[index];
        if (height == 0) {
            return;
        }
        engine.multiply(
                columns,
                !columns,
                height,
                size - bounds[index],
                inner,
                1f,
                strips[index],
                columns ? size : inner,
                strips[index],
                columns ? size : inner,
                0f,
                results[index],
                size);
    }

    private void mirrorPair(int thread) {
        mirrorStrip(thread, scratch[thread]);
        mirrorStrip(strips.length - 1 - thread, scratch[thread]);
    }

    /** Copies what is right of the strip's diagonal below it, some rows at a time, so that whole cache lines are written. */
    private void mirrorStrip(int index, Scratch own) {
        for (int from = bounds[index]; from < bounds[index + 1]; from += LINE) {
            int height = Math.min(LINE, bounds[index + 1] - from);
            product.get(from * size, own.rows, 0, height * size);
            for (int j = from + 1; j < size; j++) {
                int above = Math.min(height, j - from);
                for (int r = 0; r < above; r++) {
                    own.column[r] = own.rows[r * size + j];
                }
                product.put(j * size + from, own.column, 0, above);
            }
        }
    }

    /** What one thread mirrors in. */
    private static final class Scratch {

        private final float[] rows;
        private final float[] column = new float[LINE];

        Scratch(int size) {
            rows = new float[LINE * size];
        }
    }

    @Override
    public String toString() {
        return "Gram product " + size + "x" + size + "x" + inner;
    }
}
