package org.jacreg.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Row-major float32 arrays of ND4J as what Java and BLAS work on. The memory stays ND4J's: keep the array. */
final class Memory {

    private Memory() {}

    /** A pointer to the first entry; its capacity is the array's length. */
    static FloatPointer pointer(INDArray array) {
        if (array.dataType() != DataType.FLOAT || !isRowMajor(array)) {
            throw new IllegalStateException("no row-major float32 array: " + array.shapeInfoToString());
        }
        FloatPointer pointer = new FloatPointer(array.data().pointer()).getPointer(FloatPointer.class, array.offset());
        return pointer.capacity(array.length()).limit(array.length());
    }

    /** The same for float64. */
    static DoublePointer doubles(INDArray array) {
        if (array.dataType() != DataType.DOUBLE || !isRowMajor(array)) {
            throw new IllegalStateException("no row-major float64 array: " + array.shapeInfoToString());
        }
        DoublePointer pointer =
                new DoublePointer(array.data().pointer()).getPointer(DoublePointer.class, array.offset());
        return pointer.capacity(array.length()).limit(array.length());
    }

    /** Row-major int32. */
    static IntPointer ints(INDArray array) {
        if (array.dataType() != DataType.INT32 || !isRowMajor(array)) {
            throw new IllegalStateException("no row-major int32 array: " + array.shapeInfoToString());
        }
        IntPointer pointer = new IntPointer(array.data().pointer()).getPointer(IntPointer.class, array.offset());
        return pointer.capacity(array.length()).limit(array.length());
    }

    static FloatBuffer floats(INDArray array) {
        return pointer(array).asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** Whether two arrays are the same entries of the same memory, in the same order. */
    static boolean isSamePlace(INDArray a, INDArray b) {
        return a.data() == b.data()
                && a.offset() == b.offset()
                && Arrays.equals(a.shape(), b.shape())
                && Arrays.equals(a.stride(), b.stride());
    }

    /** Whether two arrays hold the same bits: ND4J's {@code equals} takes numbers for equal that differ by less than 1e-5. */
    static boolean haveSameBits(INDArray a, INDArray b) {
        if (a.dataType() != b.dataType() || !Arrays.equals(a.shape(), b.shape())) {
            return false;
        }
        return a.isEmpty() || bytes(rowMajor(a)).mismatch(bytes(rowMajor(b))) < 0;
    }

    private static INDArray rowMajor(INDArray array) {
        return isRowMajor(array) ? array : array.dup('c');
    }

    /** The bytes of a row-major array of any type of fixed width. */
    static ByteBuffer bytes(INDArray array) {
        int width = array.dataType().width();
        BytePointer pointer =
                new BytePointer(array.data().pointer()).getPointer(BytePointer.class, array.offset() * width);
        return pointer.capacity(array.length() * width)
                .limit(array.length() * width)
                .asByteBuffer();
    }

    /** Whether the entries lie one after the other, the last axis fastest. */
    static boolean isRowMajor(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }
}
