package org.jacreg.jacobian;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jacreg.runtime.kernel.Workers;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of an array {@code [samples, rows, columns]} or of a view whose rows lie in one piece each, as a sweep leaves them.
 *
 * <p>Rows are copied whole: ND4J's assignment between such arrays takes entry by entry, with threads that then wait for work on the
 * processors that ours need.
 */
final class NativeRows {

    /** In bytes; less is not worth a second thread. */
    private static final long SHARED_FROM = 1L << 17;

    private final INDArray array;
    private final Pointer memory;
    private final int width;

    private NativeRows(INDArray array) {
        this.array = array;
        this.memory = array.data().pointer();
        this.width = array.dataType().width();
    }

    /** Nothing where rows are scattered, of another type than float32 and float64, or on another device. */
    static Optional<NativeRows> of(INDArray array) {
        boolean fits = array.rank() == 3
                && !array.isEmpty()
                && (array.dataType() == DataType.FLOAT || array.dataType() == DataType.DOUBLE)
                && (array.size(2) == 1 || array.stride(2) == 1)
                && Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        return fits ? Optional.of(new NativeRows(array)) : Optional.empty();
    }

    private long start(long sample, long row) {
        return array.offset() + sample * array.stride(0) + row * array.stride(1);
    }

    /** Whether rows of the two can be copied as they are. */
    boolean hasTypeOf(NativeRows other) {
        return array.dataType() == other.array.dataType();
    }

    /** Copies all rows into a larger array of the same type, from the given place on. */
    void copyTo(NativeRows target, long sampleFrom, long rowFrom, long columnFrom) {
        long samples = array.size(0);
        long bytes = array.length() * width;
        int tasks = (int)
                Math.min(samples, bytes < SHARED_FROM ? 1 : Workers.shared().size());
        Workers.shared().parallel(tasks, task -> {
            BytePointer from = new BytePointer(memory);
            BytePointer to = new BytePointer(target.memory);
            for (long n = samples * task / tasks; n < samples * (task + 1) / tasks; n++) {
                for (long row = 0; row < array.size(1); row++) {
                    to.position((target.start(sampleFrom + n, rowFrom + row) + columnFrom) * width);
                    Pointer.memcpy(to, from.position(start(n, row) * width), array.size(2) * width);
                }
            }
        });
    }

    /** Reads one row into an array of float64, from the given place on. */
    void read(long sample, long row, double[] to, int at) {
        int columns = (int) array.size(2);
        if (array.dataType() == DataType.DOUBLE) {
            new DoublePointer(memory).position(start(sample, row)).get(to, at, columns);
            return;
        }
        float[] numbers = new float[columns];
        new FloatPointer(memory).position(start(sample, row)).get(numbers);
        for (int i = 0; i < columns; i++) {
            to[at + i] = numbers[i];
        }
    }
}
