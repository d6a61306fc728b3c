package org.jacreg.vjp;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Padding and cutting of edges: each is the other's adjoint. The batch axis has no edges. */
final class EdgeRules {

    /** ND4J's numbers of the padding modes. */
    private static final int CONSTANT = 0;

    private static final int REFLECT = 1;

    private EdgeRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("pad", EdgeRules::cutPadding);
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
        long[] widths = StaticArguments.numbers(context, 1, "widths");
        int mode = (int) context.integerArguments()[0];
        int rank = context.inputSpec(0).rank();
        long[] before = new long[rank];
        long[] behind = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            before[axis] = widths[2 * axis];
            behind[axis] = widths[2 * axis + 1];
            if (before[axis] + behind[axis] > 0) {
                context.requireNotBatchAxis(axis);
            }
        }
        return mode == CONSTANT
                ? cut(context.graph(), ct, before, behind)
                : MirrorRules.foldEdges(context, ct, before, behind, mode == REFLECT ? 1 : 0);
    }

    private static boolean allZero(long[] values) {
        return Arrays.stream(values).allMatch(value -> value == 0);
    }
}
