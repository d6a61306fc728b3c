package org.jacreg.runtime.reference;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Ops that move numbers about and compute none: their results are exact. */
final class MovementReferences {

    private MovementReferences() {}

    static void addTo(References.Builder builder) {
        builder.add("reshape", Reference.of((call, o, i) -> inOrder(call, i)));
        builder.add("expand_dims", Reference.of((call, o, i) -> inOrder(call, i)));
        builder.add("squeeze", Reference.of((call, o, i) -> inOrder(call, i)));
        builder.add("permute", Reference.of((call, o, i) -> permuted(call, i)));
        builder.add("transpose", Reference.of((call, o, i) -> permuted(call, i)));
        builder.add("tile", Reference.of((call, o, i) -> call.in(0).at(wrapped(i, call.in(0)))));
        builder.add(
                "tile_bp",
                Reference.of(MovementReferences::tileGradient)
                        .terms((call, o) ->
                                call.in(1).values().length / call.in(0).values().length));
        builder.add("concat", Reference.of(MovementReferences::joined));
        builder.add("concat_bp", Reference.of(MovementReferences::part));
        builder.add("stack", Reference.of(MovementReferences::stacked));
        builder.add("slice", Reference.of(MovementReferences::slice));
        builder.add("pad", Reference.of(MovementReferences::padded));
        builder.add("upsampling2d", Reference.of((call, o, i) -> {
            requireChannelsFirst(call);
            return call.in(0).at(i[0], i[1], i[2] / call.integer(0), i[3] / call.integer(1));
        }));
        builder.add(
                "upsampling2d_bp",
                Reference.of(MovementReferences::upsamplingGradient)
                        .terms((call, o) -> (long) call.integer(0) * call.integer(1)));
        builder.add("shape_of", Reference.of((call, o, i) -> call.in(0).shape()[i[0]]));
        builder.add("size_at", Reference.of((call, o, i) -> call.in(0).size(call.integer(0))));
    }

    /** Reshaping keeps the row-major order; 'f' is written as a first integer below -99. */
    private static double inOrder(OpCall call, int[] index) {
        if (call.opName().equals("reshape") && call.integer(0, 0) < -99) {
            throw new UnsupportedOperationException("a column-major reshape");
        }
        return call.in(0).values()[Counter.placeOf(index, call.outputShapes().get(0))];
    }

    private static double permuted(OpCall call, int[] index) {
        int rank = index.length;
        int[] axes = call.inputs().size() > 1
                ? Arrays.stream(call.in(1).values())
                        .mapToInt(axis -> (int) axis)
                        .toArray()
                : call.integers().stream().mapToInt(Long::intValue).toArray();
        int[] source = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            source[axes.length == 0 ? rank - 1 - axis : Math.floorMod(axes[axis], rank)] = index[axis];
        }
        return call.in(0).at(source);
    }

    private static int[] wrapped(int[] index, Operand operand) {
        return IntStream.range(0, index.length)
                .map(axis -> index[axis] % operand.size(axis))
                .toArray();
    }

    private static double tileGradient(OpCall call, int output, int[] index) {
        Operand own = call.in(0);
        Operand reached = call.in(1);
        int[] sizes = IntStream.range(0, index.length)
                .map(axis -> reached.size(axis) / own.size(axis))
                .toArray();
        return Counter.sum(
                sizes,
                copy -> reached.at(IntStream.range(0, index.length)
                        .map(axis -> index[axis] + copy[axis] * own.size(axis))
                        .toArray()));
    }

    private static int joinAxis(OpCall call, int rank) {
        return Math.floorMod(call.integer(0, 0), rank);
    }

    private static double joined(OpCall call, int output, int[] index) {
        int axis = joinAxis(call, index.length);
        int[] at = index.clone();
        for (Operand part : call.inputs()) {
            if (at[axis] < part.size(axis)) {
                return part.at(at);
            }
            at[axis] -= part.size(axis);
        }
        throw new IllegalStateException("the parts end before the whole");
    }

    private static double part(OpCall call, int output, int[] index) {
        int axis = joinAxis(call, index.length);
        int[] at = index.clone();
        for (int before = 0; before < output; before++) {
            at[axis] += call.in(before).size(axis);
        }
        return call.in(call.inputs().size() - 1).at(at);
    }

    private static double stacked(OpCall call, int output, int[] index) {
        int axis = joinAxis(call, index.length);
        int[] rest = IntStream.range(0, index.length)
                .filter(k -> k != axis)
                .map(k -> index[k])
                .toArray();
        return call.in(index[axis]).at(rest);
    }

    private static double slice(OpCall call, int output, int[] index) {
        int rank = index.length;
        boolean fed = call.inputs().size() > 1;
        return call.in(0)
                .at(IntStream.range(0, rank)
                        .map(axis -> index[axis] + (fed ? (int) call.in(1).values()[axis] : call.integer(axis)))
                        .toArray());
    }

    private static double padded(OpCall call, int output, int[] index) {
        if (call.integer(0, 0) != 0) {
            throw new UnsupportedOperationException("padding by reflection");
        }
        int[] at = index.clone();
        for (int axis = 0; axis < at.length; axis++) {
            at[axis] -= (int) call.in(1).at(axis, 0);
            if (at[axis] < 0 || at[axis] >= call.in(0).size(axis)) {
                return call.number(0, 0);
            }
        }
        return call.in(0).at(at);
    }

    private static void requireChannelsFirst(OpCall call) {
        if (call.integer(2, 1) != 1) {
            throw new UnsupportedOperationException("upsampling with channels last");
        }
    }

    private static double upsamplingGradient(OpCall call, int output, int[] index) {
        requireChannelsFirst(call);
        int rows = call.integer(0);
        int columns = call.integer(1);
        return Counter.sum(
                new int[] {rows, columns},
                k -> call.in(1).at(index[0], index[1], index[2] * rows + k[0], index[3] * columns + k[1]));
    }
}
