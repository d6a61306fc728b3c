package org.jacreg.vjp;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Sums and means along axes that may have length 1, as the batch axis has in a batch of one.
 *
 * <p>ND4J 1.0.0-M2.1 takes a fold of a matrix along an axis of length 1 for a copy and then fails on a null array
 * (docs/nd4j-bugs.md). Tensors of three and more axes are folded, so that a matrix is given a third axis meanwhile. Shapes are
 * those of the values, -1 on the batch axis.
 */
final class AxisFold {

    private AxisFold() {}

    /** The sum without the axes that are folded. */
    static SDVariable sum(SDVariable values, long[] shape, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(shape, axes)
                ? sd.sum(values, axes)
                : sd.reshape(sd.sum(sd.expandDims(values, 0), axes[0] + 1), shape[1 - axes[0]]);
    }

    /** The sum with 1 on the axes that are folded. */
    static SDVariable sumKept(SDVariable values, long[] shape, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(shape, axes)
                ? sd.sum(values, true, axes)
                : sd.reshape(sd.sum(sd.expandDims(values, 0), axes[0] + 1), kept(shape, axes[0]));
    }

    /** The mean with 1 on the axes that are folded. */
    static SDVariable meanKept(SDVariable values, long[] shape, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(shape, axes)
                ? sd.mean(values, true, axes)
                : sd.reshape(sd.mean(sd.expandDims(values, 0), axes[0] + 1), kept(shape, axes[0]));
    }

    private static long[] kept(long[] shape, int folded) {
        return IntStream.range(0, shape.length)
                .mapToLong(axis -> axis == folded ? 1 : shape[axis])
                .toArray();
    }

    /** All axes of a matrix give a single number, which ND4J computes. */
    private static boolean isSafe(long[] shape, int... axes) {
        return shape.length != 2 || Arrays.stream(axes).distinct().count() != 1;
    }
}
