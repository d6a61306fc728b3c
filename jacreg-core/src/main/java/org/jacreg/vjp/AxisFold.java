package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Sums and means along axes that may have length 1, as the batch axis has in a batch of one.
 *
 * <p>ND4J 1.0.0-M2.1 takes a fold of a matrix along an axis of length 1 for a copy and then fails on a null array
 * (docs/nd4j-bugs.md). Tensors of three and more axes are folded, so that a matrix is given a third axis meanwhile.
 */
final class AxisFold {

    private AxisFold() {}

    /** The sum without the axes that are folded. */
    static SDVariable sum(SDVariable values, int rank, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(rank, axes) ? sd.sum(values, axes) : sd.squeeze(sd.sum(sd.expandDims(values, 0), axes[0] + 1), 0);
    }

    /** The sum with 1 on the axes that are folded. */
    static SDVariable sumKept(SDVariable values, int rank, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(rank, axes)
                ? sd.sum(values, true, axes)
                : sd.squeeze(sd.sum(sd.expandDims(values, 0), true, axes[0] + 1), 0);
    }

    /** The mean with 1 on the axes that are folded. */
    static SDVariable meanKept(SDVariable values, int rank, int... axes) {
        SameDiff sd = values.getSameDiff();
        return isSafe(rank, axes)
                ? sd.mean(values, true, axes)
                : sd.squeeze(sd.mean(sd.expandDims(values, 0), true, axes[0] + 1), 0);
    }

    /** All axes of a matrix give a single number, which ND4J computes. */
    private static boolean isSafe(int rank, int... axes) {
        return rank != 2 || axes.length != 1;
    }
}
