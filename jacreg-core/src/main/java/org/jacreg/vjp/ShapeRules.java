package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/** Ops that move values and compute none. */
final class ShapeRules {

    private ShapeRules() {}

    static void register(VjpRules.Builder rules) {
        for (String name : new String[] {"reshape", "expand_dims", "squeeze", "flatten_2d"}) {
            rules.linear(name, ShapeRules::reshapeToInput);
        }
        rules.linear("permute", ShapeRules::permuteBack)
                .linear("transpose", ShapeRules::permuteBack)
                .linear("cast", (context, ct) -> ct.castTo(context.inputSpec(0).dataType()))
                .linear("tile", ShapeRules::foldTiles)
                .unsupported(
                        "flatten", "it flattens the batch axis too, so samples are coupled; reshape to [-1, features]");
    }

    private static SDVariable reshapeToInput(VjpContext context, SDVariable ct) {
        return context.graph().reshape(ct, context.inputSpec(0).toArray());
    }

    private static SDVariable permuteBack(VjpContext context, SDVariable ct) {
        int rank = context.inputSpec(0).rank();
        if (context.inputCount() > 1) {
            throw new IllegalArgumentException(context.describe()
                    + " takes its axes from a variable; give them as numbers to differentiate through it");
        }
        long[] axes = context.integerArguments();
        int[] inverse = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            int from = axes.length == 0 ? rank - 1 - axis : (int) Math.floorMod(axes[axis], (long) rank);
            inverse[from] = axis;
        }
        return context.graph().permute(ct, inverse);
    }

    /** The adjoint of repeating is summing the repeats: split every repeated axis in (repeats, size) and sum the first. */
    private static SDVariable foldTiles(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        long[] repeats = context.integerArguments();
        if (repeats.length != in.rank()) {
            throw new IllegalArgumentException(context.describe()
                    + " takes its repeats from a variable; give them as numbers to differentiate through it");
        }
        long[] split = new long[2 * in.rank()];
        for (int axis = 0; axis < in.rank(); axis++) {
            if (repeats[axis] != 1) {
                context.requireNotBatchAxis(axis);
            }
            split[2 * axis] = repeats[axis];
            split[2 * axis + 1] = in.dim(axis);
        }
        int[] sums = IntStream.range(0, in.rank()).map(axis -> 2 * axis).toArray();
        return context.graph().sum(context.graph().reshape(ct, split), sums);
    }
}
