package org.jacreg.vjp;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.factory.Nd4j;

/** Ops that move values: any permutation, any split of a shape, any axis, any bounds. */
class MovementProperties {

    private interface Move {
        /** Prepares the op for one shape of samples. */
        OpSpec.Op of(long[] shape, RandomShapes shapes);
    }

    private record Movement(String opName, Move move) {}

    private static final List<Movement> MOVEMENTS = List.of(
            new Movement("permute", MovementProperties::permute),
            new Movement("reshape", MovementProperties::reshape),
            new Movement("expand_dims", MovementProperties::expand),
            new Movement("concat", MovementProperties::concat),
            new Movement("stack", MovementProperties::stack),
            new Movement("unstack", MovementProperties::unstack),
            new Movement("slice", MovementProperties::slice),
            new Movement("strided_slice", MovementProperties::stridedSlice),
            new Movement("gather", MovementProperties::gather),
            new Movement("reverse", MovementProperties::reverse),
            new Movement("tile", MovementProperties::tile),
            new Movement("pad", MovementProperties::pad));

    @Property(tries = 12, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void derivatives(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        for (Movement movement : MOVEMENTS) {
            long[] shape = shapes.sample(1, 3);
            OpSpec.Op op = movement.move().of(shape, shapes);
            OpSpec spec = OpSpec.of(
                    movement.opName(), movement.opName(), (sd, x) -> sd.math().tanh(op.apply(sd, x)), shape);
            new RuleCheck(spec, samples, seed).firstOrder().secondOrderByRules();
        }
    }

    private static OpSpec.Op permute(long[] shape, RandomShapes shapes) {
        long[] order = shapes.permutation(shape.length + 1);
        return (sd, x) ->
                sd.permute(x, Arrays.stream(order).mapToInt(Math::toIntExact).toArray());
    }

    /** The factors of a shape joined, with a 1 put in somewhere. */
    private static OpSpec.Op reshape(long[] shape, RandomShapes shapes) {
        long[] wanted = new long[shapes.number(1, shape.length) + 2];
        Arrays.fill(wanted, 1);
        wanted[0] = -1;
        for (long size : shape) {
            wanted[shapes.number(1, wanted.length - 1)] *= size;
        }
        return (sd, x) -> sd.reshape(x, wanted);
    }

    private static OpSpec.Op expand(long[] shape, RandomShapes shapes) {
        int axis = shapes.number(1, shape.length + 1);
        int given = shapes.flag() ? axis : axis - shape.length - 2;
        return (sd, x) -> sd.expandDims(x, given);
    }

    private static OpSpec.Op concat(long[] shape, RandomShapes shapes) {
        int axis = axis(shape, shapes);
        boolean repeated = shapes.flag();
        return (sd, x) -> repeated
                ? sd.concat(axis, x, sd.math().sin(x), x)
                : sd.concat(axis, sd.math().sin(x), sd.math().square(x));
    }

    private static OpSpec.Op stack(long[] shape, RandomShapes shapes) {
        int axis = shapes.number(1, shape.length + 1);
        int given = shapes.flag() ? axis : axis - shape.length - 2;
        return (sd, x) -> sd.stack(given, x, sd.math().sin(x));
    }

    private static OpSpec.Op unstack(long[] shape, RandomShapes shapes) {
        int axis = shapes.number(1, shape.length);
        int size = (int) shape[axis - 1];
        return (sd, x) -> {
            SDVariable[] parts = sd.unstack(x, axis, size);
            return sd.math().sin(parts[0]).mul(parts[size - 1]);
        };
    }

    private static OpSpec.Op slice(long[] shape, RandomShapes shapes) {
        int[] begin = new int[shape.length + 1];
        int[] size = new int[shape.length + 1];
        size[0] = -1;
        for (int i = 0; i < shape.length; i++) {
            begin[i + 1] = shapes.number(0, (int) shape[i] - 1);
            size[i + 1] = shapes.number(1, (int) shape[i] - begin[i + 1]);
        }
        return (sd, x) -> sd.slice(x, begin, size);
    }

    private static OpSpec.Op stridedSlice(long[] shape, RandomShapes shapes) {
        int rank = shape.length + 1;
        long[] begin = new long[rank];
        long[] end = new long[rank];
        long[] stride = new long[rank];
        Arrays.fill(stride, 1);
        for (int i = 0; i < shape.length; i++) {
            begin[i + 1] = shapes.number(0, (int) shape[i] - 1);
            end[i + 1] = shapes.number((int) begin[i + 1] + 1, (int) shape[i]);
            stride[i + 1] = shapes.number(1, 2);
        }
        // Bit 0: the batch from its beginning to its end.
        return (sd, x) -> sd.stridedSlice(x, begin, end, stride, 1, 1, 0, 0, 0);
    }

    private static OpSpec.Op gather(long[] shape, RandomShapes shapes) {
        int axis = shapes.number(1, shape.length);
        int[] indices = IntStream.generate(() -> shapes.number(0, (int) shape[axis - 1] - 1))
                .limit(shapes.number(1, 4))
                .toArray();
        return (sd, x) -> sd.gather(x, ShapeSpecs.ints(sd, indices), axis);
    }

    private static OpSpec.Op reverse(long[] shape, RandomShapes shapes) {
        int[] axes = shapes.axes(shape.length);
        return (sd, x) -> sd.reverse(x, axes);
    }

    private static OpSpec.Op tile(long[] shape, RandomShapes shapes) {
        int[] repeats = IntStream.rangeClosed(0, shape.length)
                .map(axis -> axis == 0 ? 1 : shapes.number(1, 3))
                .toArray();
        return (sd, x) -> sd.tile(x, repeats);
    }

    /** A mirror leaves the edge out or takes it in: at most as wide as what there is to mirror. */
    private static OpSpec.Op pad(long[] shape, RandomShapes shapes) {
        PadMode mode = PadMode.values()[shapes.number(0, 2)];
        int[][] widths = new int[shape.length + 1][2];
        for (int i = 0; i < shape.length; i++) {
            int most = mode == PadMode.CONSTANT ? 2 : (int) shape[i] - (mode == PadMode.REFLECT ? 1 : 0);
            widths[i + 1] = new int[] {shapes.number(0, most), shapes.number(0, most)};
        }
        return (sd, x) -> sd.nn().pad(x, sd.constant(Nd4j.createFromArray(widths)), mode, 0.5);
    }

    /** From either end. */
    private static int axis(long[] shape, RandomShapes shapes) {
        int axis = shapes.number(1, shape.length);
        return shapes.flag() ? axis : axis - shape.length - 1;
    }
}
