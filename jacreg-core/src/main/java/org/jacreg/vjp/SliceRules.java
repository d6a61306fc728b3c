package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Cutting out of a tensor: the adjoint puts the piece back, with zeros around it and between its elements. */
final class SliceRules {

    /** Where in the arguments of strided_slice the begins start; its five masks come first. */
    private static final int BEGINS = 5;

    private SliceRules() {}

    /** What is taken of one axis: elements begin, begin + step, ... */
    private record Take(long begin, long step) {

        static final Take ALL = new Take(0, 1);
    }

    static void register(VjpRules.Builder rules) {
        rules.linear("slice", SliceRules::slice).linear("strided_slice", SliceRules::stridedSlice);
    }

    private static SDVariable slice(VjpContext context, SDVariable ct) {
        int rank = context.inputSpec(0).rank();
        long[] begins = context.inputCount() > 1
                ? StaticArguments.numbers(context, 1, "begins")
                : Arrays.copyOf(context.integerArguments(), rank);
        List<Take> takes =
                Arrays.stream(begins).mapToObj(begin -> new Take(begin, 1)).toList();
        return putBack(context, ct, takes, context.outputSpec().toArray());
    }

    private static SDVariable stridedSlice(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        Bounds bounds = Bounds.of(context);
        List<Take> takes = new ArrayList<>();
        List<Long> kept = new ArrayList<>();
        int to = 0;
        for (int i = 0; i < bounds.begins().size(); i++) {
            if (bounds.flag(Bounds.NEW_AXIS, i)) {
                to++;
                continue;
            }
            boolean dropped = bounds.flag(Bounds.SHRINK, i);
            takes.add(bounds.take(i, in.dim(takes.size())));
            kept.add(dropped ? 1 : out.dim(to++));
        }
        while (takes.size() < in.rank()) {
            takes.add(Take.ALL);
            kept.add(out.dim(to++));
        }
        long[] full = kept.stream().mapToLong(Long::longValue).toArray();
        SDVariable piece = full.length == out.rank() && Arrays.equals(full, out.toArray())
                ? ct
                : context.graph().reshape(ct, full);
        return putBack(context, piece, takes, full);
    }

    private static SDVariable putBack(VjpContext context, SDVariable piece, List<Take> takes, long[] shape) {
        TensorSpec in = context.inputSpec(0);
        SameDiff sd = context.graph();
        SDVariable result = piece;
        long[] sizes = shape.clone();
        long[] before = new long[in.rank()];
        long[] behind = new long[in.rank()];
        for (int axis = 0; axis < in.rank(); axis++) {
            Take take = takes.get(axis);
            if (take.equals(Take.ALL) && sizes[axis] == in.dim(axis)) {
                continue;
            }
            context.requireNotBatchAxis(axis);
            if (in.dim(axis) < 0) {
                throw new IllegalArgumentException(
                        context.describe() + " cuts the batch, whose size is not known in advance");
            }
            if (take.step() > 1) {
                result = spread(sd, result, sizes, axis, take.step());
                sizes[axis] = (sizes[axis] - 1) * take.step() + 1;
            }
            before[axis] = take.begin();
            behind[axis] = in.dim(axis) - take.begin() - sizes[axis];
        }
        return EdgeRules.pad(sd, result, before, behind);
    }

    /** Puts step - 1 zeros between the elements along an axis: [.., n, ..] to [.., (n - 1) step + 1, ..]. */
    private static SDVariable spread(SameDiff sd, SDVariable x, long[] sizes, int axis, long step) {
        int rank = sizes.length;
        long[] open = new long[rank + 1];
        System.arraycopy(sizes, 0, open, 0, axis + 1);
        open[axis + 1] = 1;
        System.arraycopy(sizes, axis + 1, open, axis + 2, rank - axis - 1);
        long[] zeros = new long[rank + 1];
        zeros[axis + 1] = step - 1;
        SDVariable padded = EdgeRules.pad(sd, sd.reshape(x, open), new long[rank + 1], zeros);
        long[] joined = sizes.clone();
        joined[axis] = sizes[axis] * step;
        long[] end = new long[rank];
        end[axis] = step - 1;
        return EdgeRules.cut(sd, sd.reshape(padded, joined), new long[rank], end);
    }

    /** The arguments of strided_slice, each with an entry for every axis that is named. */
    private record Bounds(List<Long> masks, List<Long> begins, List<Long> steps) {

        static final int BEGIN = 0;
        static final int ELLIPSIS = 1;
        static final int NEW_AXIS = 3;
        static final int SHRINK = 4;

        static Bounds of(VjpContext context) {
            long[] arguments = context.integerArguments();
            if (arguments[ELLIPSIS] != 0) {
                throw new IllegalArgumentException(
                        context.describe() + " uses an ellipsis, which ND4J 1.0.0-M2.1 gets wrong; name every axis");
            }
            int named = (arguments.length - BEGINS) / 3;
            boolean given = context.inputCount() > 1;
            Bounds bounds = new Bounds(
                    list(arguments, 0, BEGINS),
                    given
                            ? list(StaticArguments.numbers(context, 1, "begins"))
                            : list(arguments, BEGINS, BEGINS + named),
                    given
                            ? list(StaticArguments.numbers(context, 3, "steps"))
                            : list(arguments, BEGINS + 2 * named, BEGINS + 3 * named));
            if (bounds.steps().stream().anyMatch(step -> step < 1)) {
                throw new IllegalArgumentException(
                        context.describe() + " steps backwards, on which ND4J 1.0.0-M2.1 crashes; use reverse");
            }
            return bounds;
        }

        private static List<Long> list(long[] values, int from, int to) {
            return list(Arrays.copyOfRange(values, from, to));
        }

        private static List<Long> list(long[] values) {
            return Arrays.stream(values).boxed().toList();
        }

        boolean flag(int mask, int entry) {
            return (masks.get(mask) >> entry & 1) != 0;
        }

        Take take(int entry, long size) {
            long begin = flag(BEGIN, entry) ? 0 : begins.get(entry);
            return new Take(begin < 0 ? begin + size : begin, flag(SHRINK, entry) ? 1 : steps.get(entry));
        }
    }
}
