package org.jacreg.vjp;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ReduceOp;

/** Ops that fold axes. The batch axis cannot be folded: that couples samples. */
final class ReductionRules {

    private ReductionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.reduction("reduce_sum", ReductionRules::spread)
                .reduction("reduce_mean", (context, ct) -> spread(context, divideByCount(context, ct)));
    }

    /** The adjoint of a sum: every summand gets the cotangent of its sum. */
    private static SDVariable spread(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        long[] kept = in.toArray();
        for (int axis : axes(context)) {
            context.requireNotBatchAxis(axis);
            kept[axis] = 1;
        }
        SDVariable column = context.graph().reshape(ct, kept);
        SDVariable ones = context.graph().onesLike(context.input(0));
        return context.perCotangent(column, kept, in.toArray(), c -> c.mul(ones));
    }

    /** The size of the batch is known only when the graph runs. */
    private static SDVariable divideByCount(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        double known = 1;
        SDVariable result = ct;
        for (int axis : axes(context)) {
            if (in.dim(axis) < 0) {
                SDVariable size = context.graph().sizeAt(context.input(0), axis);
                result = result.div(size.castTo(in.dataType()));
            } else {
                known *= in.dim(axis);
            }
        }
        return result.div(known);
    }

    private static int[] axes(VjpContext context) {
        int rank = context.inputSpec(0).rank();
        INDArray dimensions = ((ReduceOp) context.function()).dimensions();
        int[] given = dimensions == null ? new int[0] : dimensions.toIntVector();
        if (((ReduceOp) context.function()).isKeepDims() && Arrays.stream(given).anyMatch(axis -> axis < 0)) {
            throw new IllegalArgumentException(context.describe() + " keeps its axes and counts them from the end ("
                    + Arrays.toString(given) + "): ND4J 1.0.0-M2.1 computes wrong values for that; count axes from 0");
        }
        boolean all = given.length == 0 || given[0] == Integer.MAX_VALUE;
        return all
                ? IntStream.range(0, rank).toArray()
                : Arrays.stream(given).map(axis -> Math.floorMod(axis, rank)).toArray();
    }
}
