package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * A sum over one axis of each of two tensors: the result has the other axes of the first, then those of the second. Both are
 * turned into matrices {@code A [a, k]} and {@code B [b, k]} with the summed axis last, so that {@code Y = A B^T}.
 */
final class TensorProductRules {

    private TensorProductRules() {}

    static SDVariable left(VjpContext context, SDVariable ct) {
        int axis = axis(context, 0);
        context.requireNotBatchAxis(axis);
        TensorSpec other = context.inputSpec(1);
        if (other.batched()) {
            throw new IllegalArgumentException(
                    context.describe() + " multiplies every sample by every other, so samples are coupled");
        }
        SameDiff sd = context.graph();
        SDVariable b = matrix(context, 1);
        SDVariable a =
                sd.reshape(ct, -1, size(other) / other.dim(axis(context, 1))).mmul(b);
        return restore(sd, a, context.inputSpec(0), axis);
    }

    static SDVariable right(VjpContext context, SDVariable ct) {
        context.requireUnstacked(1);
        SameDiff sd = context.graph();
        TensorSpec other = context.inputSpec(1);
        SDVariable rows = sd.reshape(ct, -1, size(other) / other.dim(axis(context, 1)));
        SDVariable b = sd.mmul(rows, matrix(context, 0), true, false, false);
        return restore(sd, b, other, axis(context, 1));
    }

    private static SDVariable matrix(VjpContext context, int input) {
        TensorSpec spec = context.inputSpec(input);
        int axis = axis(context, input);
        SameDiff sd = context.graph();
        return context.once("matrix " + input, () -> {
            SDVariable value = context.input(input);
            SDVariable turned = axis == spec.rank() - 1 ? value : sd.permute(value, toEnd(spec.rank(), axis));
            return sd.reshape(turned, -1, spec.dim(axis));
        });
    }

    /** A matrix with the summed axis last, as a tensor with the axis where it was. */
    private static SDVariable restore(SameDiff sd, SDVariable matrix, TensorSpec spec, int axis) {
        int rank = spec.rank();
        int[] order = toEnd(rank, axis);
        long[] turned = new long[rank];
        int[] back = new int[rank];
        for (int i = 0; i < rank; i++) {
            turned[i] = spec.dim(order[i]);
            back[order[i]] = i;
        }
        SDVariable shaped = sd.reshape(matrix, turned);
        return axis == rank - 1 ? shaped : sd.permute(shaped, back);
    }

    private static int[] toEnd(int rank, int axis) {
        return IntStream.range(0, rank)
                .map(i -> i == rank - 1 ? axis : i < axis ? i : i + 1)
                .toArray();
    }

    private static long size(TensorSpec spec) {
        return spec.dims().stream().reduce(1L, (a, b) -> a * b);
    }

    private static int axis(VjpContext context, int input) {
        long[] arguments = context.integerArguments();
        boolean[] flags = ((DynamicCustomOp) context.function()).bArgs();
        boolean transposed = flags.length > 0 && (flags[0] || flags[1] || flags[2]);
        if (arguments.length != 4 || arguments[0] != 1 || arguments[2] != 1 || transposed) {
            throw new IllegalArgumentException(
                    context.describe() + " sums over several axes or transposes; permute and use mmul");
        }
        return (int) Math.floorMod(
                arguments[1 + 2 * input], (long) context.inputSpec(input).rank());
    }
}
