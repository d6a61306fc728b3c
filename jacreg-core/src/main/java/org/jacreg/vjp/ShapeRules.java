package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.DataFormat;

/** Ops that move values and compute none. */
final class ShapeRules {

    private static final String BATCH = "it moves values between the batch axis and others, so samples are coupled;"
            + " use space_to_depth and depth_to_space, or a dilated convolution";

    private ShapeRules() {}

    static void register(VjpRules.Builder rules) {
        for (String name : new String[] {"reshape", "expand_dims", "squeeze", "flatten_2d"}) {
            rules.linear(name, ShapeRules::reshapeToInput);
        }
        rules.linear("permute", ShapeRules::permuteBack)
                .linear("transpose", ShapeRules::permuteBack)
                .linear("cast", (context, ct) -> ct.castTo(context.inputSpec(0).dataType()))
                .linear("tile", ShapeRules::foldTiles)
                .linear(
                        "space_to_depth",
                        (context, ct) -> context.graph()
                                .cnn()
                                .depthToSpace(ct, (int) context.integerArguments()[0], layout(context)))
                .linear(
                        "depth_to_space",
                        (context, ct) -> context.graph()
                                .cnn()
                                .spaceToDepth(ct, (int) context.integerArguments()[0], layout(context)))
                .unsupported("space_to_batch", BATCH)
                .unsupported("space_to_batch_nd", BATCH)
                .unsupported("batch_to_space", BATCH)
                .unsupported("batch_to_space_nd", BATCH)
                .unsupported("repeat", "ND4J 1.0.0-M2.1 crashes on it; use tile and reshape")
                .zero("shape_of", "size", "size_at", "rank", "onehot", "fill", "eye", "lin_space", "range", "tri")
                .unsupported(
                        "flatten", "it flattens the batch axis too, so samples are coupled; reshape to [-1, features]");
    }

    private static SDVariable reshapeToInput(VjpContext context, SDVariable ct) {
        return context.graph().reshape(ct, context.inputSpec(0).toArray());
    }

    private static DataFormat layout(VjpContext context) {
        return context.integerArguments()[1] != 0 ? DataFormat.NHWC : DataFormat.NCHW;
    }

    private static SDVariable permuteBack(VjpContext context, SDVariable ct) {
        int rank = context.inputSpec(0).rank();
        long[] axes =
                context.inputCount() > 1 ? StaticArguments.numbers(context, 1, "axes") : context.integerArguments();
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
        long[] repeats =
                context.inputCount() > 1 ? StaticArguments.numbers(context, 1, "repeats") : context.integerArguments();
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
