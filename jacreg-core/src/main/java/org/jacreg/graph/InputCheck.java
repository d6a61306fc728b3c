package org.jacreg.graph;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of arrays that a caller hands in, before anything is computed from them. */
public final class InputCheck {

    private InputCheck() {}

    /**
     * Requires a batch of inputs.
     *
     * @param name what the array is, for the message
     * @param x the array; not modified
     * @param inputShape shape of one input, without the batch axis; not modified
     * @param batch the batch size that is wanted, or -1 for any of at least 1
     * @return the batch size
     * @throws IllegalArgumentException if the shape is another one, or a value is NaN or infinite
     */
    public static long batch(String name, INDArray x, long[] inputShape, long batch) {
        long[] shape = x.shape();
        boolean fits = shape.length == inputShape.length + 1
                && Arrays.equals(Arrays.copyOfRange(shape, 1, shape.length), inputShape)
                && (batch < 0 ? shape[0] > 0 : shape[0] == batch);
        if (!fits) {
            throw new IllegalArgumentException(name + " has shape " + Arrays.toString(shape) + "; expected [N, "
                    + Arrays.toString(inputShape).substring(1) + (batch < 0 ? " with N >= 1" : " with N = " + batch));
        }
        finite(name, x);
        return shape[0];
    }

    /**
     * Requires finite values.
     *
     * @param name what the array is, for the message
     * @param array the array; not modified
     * @throws IllegalArgumentException if a value is NaN or infinite
     */
    public static void finite(String name, INDArray array) {
        Boolean scanned = FiniteScan.isFinite(array);
        if (scanned == null ? !isFinite(array) : !scanned) {
            throw new IllegalArgumentException(name + " holds NaN or infinite values; remove or replace them first");
        }
    }

    /**
     * A finite sum means finite summands, and is one pass; only a sum that overflows needs a closer look. In float64: ND4J
     * 1.0.0-M2.1 finds no NaN among float16 (docs/nd4j-bugs.md).
     */
    private static boolean isFinite(INDArray array) {
        if (Double.isFinite(array.sumNumber().doubleValue())) {
            return true;
        }
        INDArray wide = array.castTo(DataType.DOUBLE);
        return !(wide.isNaN().any() || wide.isInfinite().any());
    }
}
