package org.jacreg.vjp;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.impl.reduce3.BaseReduce3Op;

/**
 * Which axes an op folds, and shapes on both sides of it: {@code full} is the input's, {@code kept} the same with 1 on the
 * folded axes.
 */
final class Fold {

    private final VjpContext context;
    private final int[] axes;
    private final long[] full;
    private final long[] kept;

    private Fold(VjpContext context, int[] axes) {
        this.context = context;
        this.axes = axes;
        this.full = context.inputSpec(0).toArray();
        this.kept = full.clone();
        for (int axis : axes) {
            context.requireNotBatchAxis(axis);
            kept[axis] = 1;
        }
    }

    /** Of an op whose axes are among its dimensions, or in a constant second input. */
    static Fold of(VjpContext context) {
        int[] given = givenAxes(context);
        boolean fromEnd = Arrays.stream(given).anyMatch(axis -> axis < 0);
        if (fromEnd && context.function() instanceof ReduceOp op && op.isKeepDims()) {
            throw new IllegalArgumentException(context.describe() + " keeps its axes and counts them from the end ("
                    + Arrays.toString(given) + "): ND4J 1.0.0-M2.1 computes wrong values for that; count axes from 0");
        }
        return along(context, given);
    }

    /** Along given axes; none, or the largest integer, stands for all. */
    static Fold along(VjpContext context, int... given) {
        int rank = context.inputSpec(0).rank();
        boolean all = given.length == 0 || given[0] == Integer.MAX_VALUE;
        return new Fold(
                context,
                all
                        ? IntStream.range(0, rank).toArray()
                        : Arrays.stream(given)
                                .map(axis -> Math.floorMod(axis, rank))
                                .sorted()
                                .distinct()
                                .toArray());
    }

    private static int[] givenAxes(VjpContext context) {
        boolean pairwise = context.function() instanceof BaseReduce3Op;
        if (!pairwise && context.inputCount() > 1) {
            SDVariable axes = context.input(1);
            INDArray value = axes.isConstant() ? axes.getArr() : null;
            if (value == null) {
                throw new IllegalArgumentException(context.describe() + " takes its axes from '" + axes.name()
                        + "', which is not a constant; give them as numbers to differentiate through it");
            }
            return value.toIntVector();
        }
        if (context.function() instanceof DynamicCustomOp) {
            return Arrays.stream(context.integerArguments())
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
        INDArray dimensions = ((ReduceOp) context.function()).dimensions();
        return dimensions == null || dimensions.isEmpty() ? new int[0] : dimensions.toIntVector();
    }

    int[] axes() {
        return axes.clone();
    }

    /** A cotangent or value of the output's shape, with 1 on the folded axes. */
    SDVariable open(SDVariable folded) {
        return context.graph().reshape(folded, kept);
    }

    /** Multiplies the cotangent of every fold by a value for each of its entries. */
    SDVariable spread(SDVariable ct, SDVariable factor) {
        return context.perCotangent(open(ct), kept, full, c -> c.mul(factor));
    }

    /** Gives every entry the cotangent of its fold. */
    SDVariable spread(SDVariable ct) {
        return spread(ct, Ones.like(context.input(0)));
    }

    /** Divides by the number of entries of a fold less some; the size of the batch is known only when the graph runs. */
    SDVariable divideByCount(SDVariable value, int less) {
        TensorSpec in = context.inputSpec(0);
        SDVariable open = null;
        double known = 1;
        for (int axis : axes) {
            if (in.dim(axis) < 0) {
                open = context.graph().sizeAt(context.input(0), axis).castTo(in.dataType());
            } else {
                known *= in.dim(axis);
            }
        }
        return open == null
                ? value.div(known - less)
                : value.div(open.mul(known).sub(less));
    }

    /** Sums over the folded axes and keeps them; SameDiff fails to sum over an axis of length 1. */
    SDVariable sum(SDVariable values) {
        if (Arrays.stream(axes).allMatch(axis -> full[axis] == 1)) {
            return values;
        }
        return foldsBatch()
                ? AxisFold.sumKept(values, full, axes)
                : context.graph().sum(values, true, axes);
    }

    SDVariable mean(SDVariable values) {
        if (Arrays.stream(axes).allMatch(axis -> full[axis] == 1)) {
            return values;
        }
        return foldsBatch()
                ? AxisFold.meanKept(values, full, axes)
                : context.graph().mean(values, true, axes);
    }

    private boolean foldsBatch() {
        return Arrays.stream(axes).anyMatch(axis -> full[axis] < 0);
    }

    /** 1 at the first of the entries of every fold that a mask marks, else 0. */
    SDVariable first(SDVariable mask) {
        SameDiff sd = context.graph();
        if (axes.length == 1) {
            return mask.mul(isZero(sd.cumsum(mask, true, false, axes[0])));
        }
        int rank = full.length;
        int[] order = IntStream.concat(IntStream.range(0, rank).filter(axis -> !isFolded(axis)), Arrays.stream(axes))
                .toArray();
        boolean inOrder = IntStream.range(0, rank).allMatch(axis -> order[axis] == axis);
        SDVariable moved = inOrder ? mask : sd.permute(mask, order);
        long[] movedShape = Arrays.stream(order).mapToLong(axis -> full[axis]).toArray();
        SDVariable rows = sd.reshape(moved, rowsOfFolds(order));
        SDVariable before = sd.reshape(sd.cumsum(rows, true, false, 1), movedShape);
        int[] back = new int[rank];
        for (int place = 0; place < rank; place++) {
            back[order[place]] = place;
        }
        return mask.mul(isZero(inOrder ? before : sd.permute(before, back)));
    }

    /** One row for every fold; the batch axis is in one of the two sizes, which is left open. */
    private long[] rowsOfFolds(int[] order) {
        int rows = full.length - axes.length;
        long count = Arrays.stream(order, 0, rows).mapToLong(axis -> full[axis]).reduce(1, (a, b) -> a * b);
        long size = Arrays.stream(axes).mapToLong(axis -> full[axis]).reduce(1, (a, b) -> a * b);
        return size < 0 ? new long[] {count, -1} : new long[] {-1, size};
    }

    private boolean isFolded(int axis) {
        return Arrays.stream(axes).anyMatch(folded -> folded == axis);
    }

    /** 1 where a value that is not negative is 0, else 0. */
    private static SDVariable isZero(SDVariable value) {
        return value.getSameDiff().math().step(value, 0).rsub(1);
    }
}
