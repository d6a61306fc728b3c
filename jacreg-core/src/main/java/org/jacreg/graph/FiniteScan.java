package org.jacreg.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One pass over the bits of an array on the calling thread. ND4J's sum takes all processors for a millisecond in which its threads
 * wait for one another; this takes a tenth.
 *
 * <p>A number is NaN or infinite if all bits of its exponent are set: adding one to the exponent then carries into the sign bit.
 */
final class FiniteScan {

    private static final int BLOCK = 2048;

    private static final int EXPONENT = 0x7F80_0000;
    private static final int NEXT_EXPONENT = 0x0080_0000;
    private static final long LONG_EXPONENT = 0x7FF0_0000_0000_0000L;
    private static final long NEXT_LONG_EXPONENT = 0x0010_0000_0000_0000L;

    private FiniteScan() {}

    /**
     * Looks for NaN and infinities.
     *
     * @param array not modified
     * @return whether all numbers are finite; null if the array is none that can be read here: of another type than float32 and
     *     float64, not in one piece, too large for a Java buffer, or on another device
     */
    static @Nullable Boolean isFinite(INDArray array) {
        ByteBuffer bytes = bytes(array);
        if (bytes == null) {
            return null;
        }
        return array.dataType() == DataType.FLOAT ? floats(bytes.asIntBuffer()) : doubles(bytes.asLongBuffer());
    }

    private static @Nullable ByteBuffer bytes(INDArray array) {
        DataType type = array.dataType();
        boolean readable = (type == DataType.FLOAT || type == DataType.DOUBLE)
                && !array.isEmpty()
                && array.length() <= Integer.MAX_VALUE / type.width()
                && isInOnePiece(array)
                && Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        if (!readable) {
            return null;
        }
        BytePointer start = new BytePointer(array.data().pointer()).position(array.offset() * type.width());
        return start.capacity(start.position() + array.length() * type.width())
                .asBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /** In either order of axes. */
    private static boolean isInOnePiece(INDArray array) {
        return isDense(array, array.rank() - 1, -1) || isDense(array, 0, 1);
    }

    private static boolean isDense(INDArray array, int fastest, int step) {
        long expected = 1;
        for (int i = 0, axis = fastest; i < array.rank(); i++, axis += step) {
            if (array.size(axis) != 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    private static boolean floats(IntBuffer source) {
        int[] block = new int[BLOCK];
        int[] seen = new int[BLOCK];
        for (int from = 0; from < source.limit(); from += BLOCK) {
            int n = Math.min(BLOCK, source.limit() - from);
            source.get(from, block, 0, n);
            // Entry by entry, which the compiler turns into vector instructions.
            for (int i = 0; i < n; i++) {
                seen[i] |= (block[i] & EXPONENT) + NEXT_EXPONENT;
            }
        }
        int any = 0;
        for (int bits : seen) {
            any |= bits;
        }
        return any >= 0;
    }

    private static boolean doubles(LongBuffer source) {
        long[] block = new long[BLOCK];
        long[] seen = new long[BLOCK];
        for (int from = 0; from < source.limit(); from += BLOCK) {
            int n = Math.min(BLOCK, source.limit() - from);
            source.get(from, block, 0, n);
            for (int i = 0; i < n; i++) {
                seen[i] |= (block[i] & LONG_EXPONENT) + NEXT_LONG_EXPONENT;
            }
        }
        long any = 0;
        for (long bits : seen) {
            any |= bits;
        }
        return any >= 0;
    }
}
