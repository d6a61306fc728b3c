package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of the table: ops that move values. */
final class ShapeSpecs {

    private ShapeSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(joins());
        rows.addAll(slices());
        rows.addAll(mirrors());
        rows.addAll(moves());
        return rows;
    }

    private static List<OpSpec> joins() {
        return List.of(
                OpSpec.of(
                        "concat of features",
                        "concat",
                        (sd, x) -> sd.concat(1, sd.math().tanh(x), sd.math().sin(x)),
                        3),
                OpSpec.of("concat of channels", "concat", ShapeSpecs::threeParts, 2, 3),
                OpSpec.of(
                        "stack",
                        "stack",
                        (sd, x) -> sd.math().tanh(sd.stack(1, x, sd.math().sin(x), x)),
                        3),
                OpSpec.of(
                        "stack, last axis",
                        "stack",
                        (sd, x) -> sd.math().tanh(sd.stack(-1, x, sd.math().sin(x))),
                        2,
                        3),
                OpSpec.of("stack in front", "stack", ShapeSpecs::stackInFront, 3),
                OpSpec.of("split", "split", (sd, x) -> product(sd, sd.split(x, 2, 1)), 4),
                OpSpec.of("split, last axis", "split", (sd, x) -> product(sd, sd.split(x, 2, -1)), 3, 4),
                OpSpec.of("split, one part used", "split", (sd, x) -> sd.math().tanh(sd.split(x, 3, 1)[1]), 6),
                // ND4J has no gradient of split_v.
                OpSpec.firstOrder("split in sizes", "split_v", ShapeSpecs::splitSizes, 4),
                OpSpec.of("unstack", "unstack", (sd, x) -> product(sd, sd.unstack(x, 1, 2)), 2, 3),
                OpSpec.of("unstack, last axis", "unstack", (sd, x) -> product(sd, sd.unstack(x, -1, 2)), 3, 2));
    }

    private static SDVariable product(SameDiff sd, SDVariable[] parts) {
        return sd.math().sin(parts[0]).mul(parts[1]);
    }

    private static SDVariable splitSizes(SameDiff sd, SDVariable x) {
        SDVariable[] parts = sd.splitV(x, ints(sd, 1, 3), 2, 1);
        return sd.concat(1, sd.math().sin(parts[0]), sd.math().tanh(parts[1]));
    }

    static SDVariable ints(SameDiff sd, int... values) {
        return sd.constant(Nd4j.createFromArray(values));
    }

    private static List<OpSpec> slices() {
        return List.of(
                OpSpec.of(
                        "slice", "slice", (sd, x) -> sd.math().tanh(sd.slice(x, new int[] {0, 1, 0}, -1, 2, 2)), 4, 3),
                OpSpec.of(
                        "slice, bounds as constants",
                        "slice",
                        (sd, x) -> sd.math().tanh(sd.slice(x, ints(sd, 0, 1), ints(sd, -1, 2))),
                        4),
                OpSpec.of("steps", "strided_slice", (sd, x) -> get(sd, x, SDIndex.interval(1, 2, 6)), 7),
                OpSpec.of("steps to the end", "strided_slice", (sd, x) -> get(sd, x, SDIndex.interval(0, 3, 7)), 7),
                OpSpec.of("steps of one axis", "strided_slice", ShapeSpecs::stepsInTheMiddle, 5, 3),
                OpSpec.of("one element", "strided_slice", (sd, x) -> get(sd, x, SDIndex.point(2)), 4, 3),
                OpSpec.of("a new axis", "strided_slice", ShapeSpecs::newAxis, 4),
                OpSpec.of("trailing axes not named", "strided_slice", ShapeSpecs::leadingAxes, 4, 2),
                OpSpec.of("bounds as constants", "strided_slice", ShapeSpecs::constantBounds, 5));
    }

    private static SDVariable get(SameDiff sd, SDVariable x, SDIndex index) {
        return sd.math().tanh(x.get(SDIndex.all(), index));
    }

    private static SDVariable stepsInTheMiddle(SameDiff sd, SDVariable x) {
        return sd.math().tanh(x.get(SDIndex.all(), SDIndex.interval(1, 2, 5), SDIndex.point(1)));
    }

    private static SDVariable newAxis(SameDiff sd, SDVariable x) {
        long[] ones = {1, 1, 1};
        return sd.math().tanh(sd.stridedSlice(x, new long[] {0, 0, 1}, new long[] {0, 1, 3}, ones, 1, 1, 0, 2, 0));
    }

    private static SDVariable leadingAxes(SameDiff sd, SDVariable x) {
        long[] ones = {1, 1};
        return sd.math().tanh(sd.stridedSlice(x, new long[] {0, -3}, new long[] {0, 3}, ones, 1, 1, 0, 0, 0));
    }

    private static SDVariable constantBounds(SameDiff sd, SDVariable x) {
        SDVariable fixed = sd.stridedSlice(x, ints(sd, 0, 1), ints(sd, 0, 5), ints(sd, 1, 2), 1, 1, 0, 0, 0);
        return sd.math().tanh(fixed);
    }

    private static List<OpSpec> mirrors() {
        return List.of(
                // ND4J's gradient of padding is that of padding with a constant, whatever the mode.
                OpSpec.firstOrder("pad, reflecting", "pad", (sd, x) -> mirror(sd, x, PadMode.REFLECT), 3, 4),
                OpSpec.firstOrder("pad, symmetric", "pad", (sd, x) -> mirror(sd, x, PadMode.SYMMETRIC), 3, 4),
                OpSpec.of("reverse sequences", "reverse_sequence", ShapeSpecs::reverseSequences, 4, 2),
                OpSpec.of("reverse", "reverse", (sd, x) -> sd.math().tanh(sd.reverse(x, 1)), 4),
                OpSpec.of("reverse two axes", "reverse", (sd, x) -> sd.math().tanh(sd.reverse(x, 1, -1)), 2, 3));
    }

    private static SDVariable reverseSequences(SameDiff sd, SDVariable x) {
        SDVariable lengths = sd.onesLike(sd.sum(x, 1, 2)).mul(3).castTo(DataType.INT32);
        return sd.math().tanh(sd.reverseSequence(x, lengths, 1, 0));
    }

    private static SDVariable mirror(SameDiff sd, SDVariable x, PadMode mode) {
        SDVariable widths = sd.constant(Nd4j.createFromArray(new int[][] {{0, 0}, {2, 1}, {0, 3}}));
        return sd.math().tanh(sd.nn().pad(x, widths, mode, 0));
    }

    private static List<OpSpec> moves() {
        return List.of(
                OpSpec.of(
                        "permute by a constant",
                        "permute",
                        (sd, x) -> sd.math().tanh(sd.permute(x, ints(sd, 0, 2, 1))),
                        2,
                        3),
                OpSpec.of("tile by a constant", "tile", (sd, x) -> sd.math().tanh(sd.tile(x, ints(sd, 1, 2))), 3),
                OpSpec.of(
                        "reshape by a constant",
                        "reshape",
                        (sd, x) -> sd.math().tanh(sd.reshape(x, ints(sd, -1, 6))),
                        2,
                        3),
                OpSpec.of("space to depth", "space_to_depth", (sd, x) -> toDepth(sd, x, DataFormat.NCHW), 2, 4, 2),
                OpSpec.of("space to depth NHWC", "space_to_depth", (sd, x) -> toDepth(sd, x, DataFormat.NHWC), 4, 2, 2),
                OpSpec.of("depth to space", "depth_to_space", (sd, x) -> toSpace(sd, x, DataFormat.NCHW), 4, 1, 2),
                OpSpec.of(
                        "depth to space NHWC", "depth_to_space", (sd, x) -> toSpace(sd, x, DataFormat.NHWC), 1, 2, 8));
    }

    private static SDVariable toDepth(SameDiff sd, SDVariable x, DataFormat layout) {
        return sd.math().tanh(sd.cnn().spaceToDepth(x, 2, layout));
    }

    private static SDVariable toSpace(SameDiff sd, SDVariable x, DataFormat layout) {
        return sd.math().tanh(sd.cnn().depthToSpace(x, 2, layout));
    }

    private static SDVariable threeParts(SameDiff sd, SDVariable x) {
        return sd.concat(-1, x, sd.math().tanh(x), sd.math().square(x));
    }

    private static SDVariable stackInFront(SameDiff sd, SDVariable x) {
        return sd.permute(sd.math().tanh(sd.stack(0, x, sd.math().sin(x))), 1, 0, 2);
    }
}
