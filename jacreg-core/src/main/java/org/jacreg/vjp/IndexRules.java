package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdAdd;
import org.nd4j.linalg.factory.Nd4j;

/** Picking by index, and its adjoint, adding by index. Indices are integers, so no derivative runs through them. */
final class IndexRules {

    private static final String EXTREMUM =
            "it picks extremes or products over parts of an axis; only sums and means have rules";

    private IndexRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("gather", IndexRules::gather)
                .linear("embedding_lookup", (context, ct) -> addAt(context, ct, 0))
                .linear("gather_nd", IndexRules::gatherNd)
                .rules(
                        "scatter_add",
                        OpKind.LINEAR,
                        Map.of(0, (context, ct) -> ct, 2, (context, ct) -> pick(context, ct, 1, 2)))
                .rules(
                        "scatter_sub",
                        OpKind.LINEAR,
                        Map.of(
                                0,
                                (context, ct) -> ct,
                                2,
                                (context, ct) -> pick(context, ct, 1, 2).neg()))
                .rules("scatter_nd_add", OpKind.LINEAR, Map.of(0, (context, ct) -> ct, 2, (context, ct) -> {
                    context.requireNotBatchAxis(0);
                    return context.graph().gatherNd(ct, context.input(1));
                }))
                .linear("segment_sum", (context, ct) -> pick(context, ct, 1, 0))
                .linear("unsorted_segment_sum", (context, ct) -> pick(context, ct, 1, 0))
                .linear("unsorted_segment_mean", IndexRules::segmentMean)
                .linear("dynamic_partition", IndexRules::partition)
                .variadic("dynamic_stitch", OpKind.LINEAR, input -> (context, ct) -> stitch(context, ct, input));
        for (String op : new String[] {"max", "min", "prod"}) {
            rules.unsupported("segment_" + op, EXTREMUM).unsupported("unsorted_segment_" + op, EXTREMUM);
        }
    }

    private static SDVariable gather(VjpContext context, SDVariable ct) {
        long axis =
                context.inputCount() > 2 ? StaticArguments.number(context, 2, "axis") : context.integerArguments()[0];
        return addAt(context, ct, (int)
                Math.floorMod(axis, (long) context.inputSpec(0).rank()));
    }

    /** Adds every element of the cotangent to where it was picked from, an element picked twice getting both. */
    private static SDVariable addAt(VjpContext context, SDVariable ct, int axis) {
        TensorSpec in = context.inputSpec(0);
        TensorSpec indices = context.inputSpec(1);
        context.requireNotBatchAxis(axis);
        if (in.batched() && indices.batched()) {
            throw new IllegalArgumentException(context.describe()
                    + " picks by the indices of every sample from every sample, so samples are coupled");
        }
        SameDiff sd = context.graph();
        long[] picked = in.toArray();
        picked[axis] = indices.batched() ? -1 : indices.dims().stream().reduce(1L, (a, b) -> a * b);
        SDVariable one = indices.rank() == 1 ? ct : sd.reshape(ct, picked);
        SDVariable zeros = sd.zerosLike(context.repeat(context.input(0), in));
        SDVariable flat = indices.rank() == 1 ? context.input(1) : sd.reshape(context.input(1), -1);
        if (axis == 0) {
            return sd.scatterAdd(zeros, flat, one);
        }
        int[] swap = IntStream.range(0, in.rank()).toArray();
        swap[0] = axis;
        swap[axis] = 0;
        return sd.permute(sd.scatterAdd(sd.permute(zeros, swap), flat, sd.permute(one, swap)), swap);
    }

    /** Indices name the batch axis too, so that only a whole batch, or a table without one, can be dealt with. */
    private static SDVariable gatherNd(VjpContext context, SDVariable ct) {
        context.requireNotBatchAxis(0);
        SameDiff sd = context.graph();
        SDVariable zeros = sd.zerosLike(context.input(0));
        return new ScatterNdAdd(sd, zeros, context.input(1), ct).outputVariable();
    }

    /**
     * Picks rows by index, as a product with a matrix of zeros and ones: SameDiff differentiates that rightly, but not a
     * gather that picks a row twice.
     */
    private static SDVariable pick(VjpContext context, SDVariable ct, int indices, int target) {
        context.requireNotBatchAxis(0);
        SameDiff sd = context.graph();
        TensorSpec from = context.outputSpec();
        long rows = from.dim(0);
        if (rows < 0) {
            return sd.gather(ct, context.input(indices), 0);
        }
        SDVariable flat = context.inputSpec(indices).rank() == 1
                ? context.input(indices)
                : sd.reshape(context.input(indices), -1);
        SDVariable choice = sd.oneHot(flat, (int) rows, -1, 1.0, 0.0, from.dataType());
        SDVariable picked = choice.mmul(sd.reshape(ct, rows, -1));
        return sd.reshape(picked, context.inputSpec(target).toArray());
    }

    private static SDVariable segmentMean(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        SDVariable ones = Ones.like(context.input(0));
        SDVariable counts = sd.unsortedSegmentSum(ones, context.input(1), (int) context.integerArguments()[0]);
        // A segment without elements has mean 0 and no count to divide by.
        SDVariable none = sd.math().step(counts, 0.0).rsub(1.0);
        return pick(context, ct.div(counts.add(none)), 1, 0);
    }

    private static SDVariable partition(VjpContext context, SDVariable ct) {
        context.requireNotBatchAxis(0);
        long[] labels = StaticArguments.numbers(context, 1, "partitions");
        long[] rows = LongStream.range(0, labels.length)
                .filter(row -> labels[(int) row] == context.outputIndex())
                .toArray();
        SameDiff sd = context.graph();
        return sd.scatterAdd(sd.zerosLike(context.input(0)), sd.constant(Nd4j.createFromArray(rows)), ct);
    }

    /** The first half of the inputs are indices, the second half what goes there; of equal indices the last one wins. */
    private static SDVariable stitch(VjpContext context, SDVariable ct, int input) {
        int half = context.inputCount() / 2;
        context.requireNotBatchAxis(0);
        long[] all = IntStream.range(0, half)
                .mapToObj(i -> StaticArguments.numbers(context, i, "indices"))
                .flatMapToLong(Arrays::stream)
                .toArray();
        if (Arrays.stream(all).distinct().count() < all.length) {
            throw new IllegalArgumentException(context.describe() + " writes some elements twice");
        }
        return pick(context, ct, input - half, input);
    }
}
