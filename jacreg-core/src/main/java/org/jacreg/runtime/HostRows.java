package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jacreg.runtime.kernel.Workers;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A float32 batch {@code [N, *]} in main memory, whose rows are brought into Java arrays, worked on there by several threads, and
 * brought back: what a loop needs that runs between two runs of a {@link CompiledGraph}. ND4J's ops there would start OpenMP's
 * threads, which spin on the processors that the graph's next kernel needs.
 *
 * <p>Reads and writes the array itself and keeps it from being released. Any number of threads may work on different rows.
 */
public final class HostRows {

    /** Entries up to which a second thread is not worth waking. */
    private static final int ALONE = 8192;

    private final INDArray array;
    private final FloatBuffer floats;
    private final int rows;
    private final int entries;

    private HostRows(INDArray array) {
        this.array = array;
        this.floats = Memory.floats(array);
        this.rows = Math.toIntExact(array.size(0));
        this.entries = Math.toIntExact(array.length() / rows);
    }

    /** What is done to a stretch of rows. */
    @FunctionalInterface
    public interface Task {

        /**
         * Works on the rows {@code from <= row < to}.
         *
         * @param stretch the number of the stretch, for scratch memory of its own
         * @param from its first row
         * @param to the row after its last
         */
        void run(int stretch, int from, int to);
    }

    /**
     * The rows of an array.
     *
     * @param array {@code [N, *]}; modified only through {@link #write} and {@link #copyTo}
     * @return nothing unless ND4J runs on its CPU backend and the array is of float32, row-major and not empty
     */
    public static Optional<HostRows> of(INDArray array) {
        boolean fits = array.dataType() == DataType.FLOAT
                && Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
                && !array.isEmpty()
                && array.rank() >= 1
                && array.length() <= Integer.MAX_VALUE / Float.BYTES
                && Memory.isRowMajor(array);
        return fits ? Optional.of(new HostRows(array)) : Optional.empty();
    }

    /**
     * Copies the values of an array into another one, in row-major order and without OpenMP where both are {@linkplain #of host
     * rows}, else through ND4J.
     *
     * @param from not modified
     * @param to of the same length; modified
     * @throws IllegalArgumentException if the lengths differ
     */
    public static void copy(INDArray from, INDArray to) {
        if (from.length() != to.length()) {
            throw new IllegalArgumentException("expected arrays of one length, got " + Arrays.toString(from.shape())
                    + " to copy into " + Arrays.toString(to.shape()));
        }
        Optional<HostRows> source = of(from);
        Optional<HostRows> target = of(to);
        if (source.isPresent() && target.isPresent()) {
            source.get().copyTo(target.get());
        } else {
            to.assign(from.equalShapes(to) ? from : from.reshape('c', to.shape()));
        }
    }

    /**
     * The number of rows.
     *
     * @return {@code N}
     */
    public int rows() {
        return rows;
    }

    /**
     * The length of a row.
     *
     * @return the product of all dimensions but the first
     */
    public int entries() {
        return entries;
    }

    /**
     * Reads a row.
     *
     * @param row its number
     * @param to its first {@link #entries()} elements are modified
     */
    public void read(int row, float[] to) {
        floats.get(row * entries, to, 0, entries);
    }

    /**
     * Writes a row.
     *
     * @param row its number
     * @param from its first {@link #entries()} elements are written; not modified
     */
    public void write(int row, float[] from) {
        floats.put(row * entries, from, 0, entries);
    }

    /**
     * Copies a row to the same place of another batch.
     *
     * @param row its number
     * @param to a batch with rows of the same length; modified
     */
    public void copyRow(int row, HostRows to) {
        to.floats.put(row * entries, floats, row * entries, entries);
    }

    /**
     * Copies everything.
     *
     * @param to a batch of the same length, perhaps with other rows; modified
     */
    public void copyTo(HostRows to) {
        int length = rows * entries;
        share(length, length, (stretch, start, end) -> to.floats.put(start, floats, start, end - start));
    }

    /**
     * Into how many stretches {@link #forStretches} cuts the rows.
     *
     * @return at least 1; the same for all batches of a shape
     */
    public int stretches() {
        return stretches(rows, (long) rows * entries);
    }

    /**
     * Shares the rows out over the threads of the machine and returns when all are done.
     *
     * @param task run once for every stretch, at the same time; must not call this method or {@link #copyTo}
     */
    public void forStretches(Task task) {
        share(rows, (long) rows * entries, task);
    }

    private static int stretches(int units, long work) {
        return work <= ALONE ? 1 : Math.min(units, Workers.shared().size());
    }

    private static void share(int units, long work, Task task) {
        int stretches = stretches(units, work);
        if (stretches == 1) {
            task.run(0, 0, units);
            return;
        }
        Workers.shared()
                .parallel(
                        stretches,
                        stretch -> task.run(stretch, (int) ((long) units * stretch / stretches), (int)
                                ((long) units * (stretch + 1) / stretches)));
    }

    @Override
    public String toString() {
        return "rows of " + Arrays.toString(array.shape());
    }
}
