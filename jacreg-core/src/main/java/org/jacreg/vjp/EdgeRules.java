package org.jacreg.vjp;

import java.util.Arrays;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Padding with a constant and cutting of edges: each is the other's adjoint. The batch axis has no edges. */
final class EdgeRules {

    /** Where in the arguments of strided_slice the begins start; its five masks come first. */
    private static final int BEGINS = 5;

    private EdgeRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("pad", EdgeRules::cutPadding).linear("strided_slice", EdgeRules::padCut);
    }

    /** Adds zeros before and behind every axis; adds nothing where nothing is asked for. */
    static SDVariable pad(SameDiff sd, SDVariable x, long[] before, long[] behind) {
        if (allZero(before) && allZero(behind)) {
            return x;
        }
        int[][] widths = new int[before.length][];
        for (int axis = 0; axis < before.length; axis++) {
            widths[axis] = new int[] {(int) before[axis], (int) behind[axis]};
        }
        return sd.nn().pad(x, sd.constant(Nd4j.createFromArray(widths)), 0);
    }

    /** Cuts elements off the front and the end of every axis. */
    static SDVariable cut(SameDiff sd, SDVariable x, long[] front, long[] end) {
        if (allZero(front) && allZero(end)) {
            return x;
        }
        int fromStart = 0;
        int toEnd = 0;
        long[] ends = new long[end.length];
        long[] strides = new long[end.length];
        Arrays.fill(strides, 1);
        for (int axis = 0; axis < end.length; axis++) {
            fromStart |= front[axis] == 0 ? 1 << axis : 0;
            toEnd |= end[axis] == 0 ? 1 << axis : 0;
            ends[axis] = -end[axis];
        }
        return sd.stridedSlice(x, front, ends, strides, fromStart, toEnd, 0, 0, 0);
    }

    private static SDVariable cutPadding(VjpContext context, SDVariable ct) {
        INDArray widths = context.input(1).getArr();
        if (widths == null || context.integerArguments()[0] != 0) {
            throw new IllegalArgumentException(
                    context.describe() + ": only padding by a constant, with widths known in advance, is supported");
        }
        int rank = context.inputSpec(0).rank();
        long[] before = new long[rank];
        long[] behind = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            before[axis] = widths.getLong(axis, 0);
            behind[axis] = widths.getLong(axis, 1);
            if (before[axis] + behind[axis] > 0) {
                context.requireNotBatchAxis(axis);
            }
        }
        return cut(context.graph(), ct, before, behind);
    }

    private static SDVariable padCut(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        int rank = in.rank();
        long[] arguments = context.integerArguments();
        requirePlainSlice(context, arguments, rank);
        long[] before = new long[rank];
        long[] behind = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            if (in.dim(axis) != out.dim(axis)) {
                context.requireNotBatchAxis(axis);
                boolean fromStart = (arguments[0] >> axis & 1) != 0;
                long begin = fromStart ? 0 : arguments[BEGINS + axis];
                before[axis] = begin < 0 ? begin + in.dim(axis) : begin;
                behind[axis] = in.dim(axis) - out.dim(axis) - before[axis];
            }
        }
        return pad(context.graph(), ct, before, behind);
    }

    /** The adjoint is a padding only for steps of 1 and without new, dropped or elided axes. */
    private static void requirePlainSlice(VjpContext context, long[] arguments, int rank) {
        boolean plain = arguments.length == BEGINS + 3 * rank
                && arguments[1] == 0
                && arguments[3] == 0
                && arguments[4] == 0
                && context.outputSpec().rank() == rank;
        for (int axis = 0; plain && axis < rank; axis++) {
            plain = arguments[BEGINS + 2 * rank + axis] == 1;
        }
        if (!plain) {
            throw new IllegalArgumentException(
                    context.describe()
                            + ": only slices with steps of 1 that keep every axis, with bounds known in advance, are supported");
        }
    }

    private static boolean allZero(long[] values) {
        return Arrays.stream(values).allMatch(value -> value == 0);
    }
}
