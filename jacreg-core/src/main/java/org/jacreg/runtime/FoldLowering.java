package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jacreg.runtime.Fold.Extents;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.BaseReduceOp;

/** Sums, float32, over axes that form at most two groups of neighbours. */
final class FoldLowering {

    private FoldLowering() {}

    static void register(Lowering lowering) {
        lowering.add("reduce_sum", op -> fold(op, Fold.Kind.SUM));
        lowering.add("reduce_sqnorm", op -> fold(op, Fold.Kind.SQUARES));
        lowering.add("reduce_norm1", op -> fold(op, Fold.Kind.MAGNITUDES));
    }

    private static Optional<List<Instruction>> fold(ForeignOp op, Fold.Kind kind) {
        if (!ElementwiseLowering.isFloat(op) || op.inputs().size() != 1 || !(op.op() instanceof BaseReduceOp)) {
            return Optional.empty();
        }
        Value input = op.input(0);
        boolean[] summed = new boolean[input.rank()];
        int[] axes = op.op().getDimensions();
        boolean all = axes == null || axes.length == 0 || axes[0] == Integer.MAX_VALUE;
        for (int i = 0; i < summed.length; i++) {
            int axis = i;
            summed[i] = all || Arrays.stream(axes).anyMatch(given -> Math.floorMod(given, summed.length) == axis);
        }
        return sum(kind, input, summed, op.output());
    }

    /** Sums a value over the axes along which the output was broadcast to it. */
    static Optional<Instruction> broadcastSum(Value whole, Value output) {
        int missing = whole.rank() - output.rank();
        if (missing < 0) {
            return Optional.empty();
        }
        boolean[] summed = new boolean[whole.rank()];
        for (int i = 0; i < summed.length; i++) {
            summed[i] = i < missing || (output.size(i - missing) == 1 && whole.size(i) != 1);
        }
        return sum(Fold.Kind.SUM, whole, summed, output).map(list -> list.get(0));
    }

    private static Optional<List<Instruction>> sum(Fold.Kind kind, Value input, boolean[] summed, Value output) {
        Extents extents = extents(input.shape(), summed);
        if (extents == null || extents.kept() * extents.last() != output.length()) {
            return Optional.empty();
        }
        return Lowering.only(new Fold(kind, input, extents, output));
    }

    /** Joins neighbours of one fate; null if more than summed, kept, summed, kept are left. */
    static @Nullable Extents extents(long[] shape, boolean[] summed) {
        List<Long> groups = new ArrayList<>();
        boolean current = true;
        long product = 1;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == 1) {
                continue;
            }
            if (summed[i] != current) {
                groups.add(product);
                current = summed[i];
                product = 1;
            }
            product *= shape[i];
        }
        groups.add(product);
        if (groups.size() > 4) {
            return null;
        }
        while (groups.size() < 4) {
            groups.add(1L);
        }
        return new Extents(groups.get(0), groups.get(1), groups.get(2), groups.get(3));
    }
}
