package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jacreg.runtime.NativeOperation.GatherPool;
import org.jacreg.runtime.NativeOperation.MaxPool;
import org.jacreg.runtime.NativeOperation.Unpool;
import org.jacreg.runtime.kernel.PoolShape;
import org.jacreg.runtime.kernel.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Finds maximum pooling, NCHW, float32, together with what {@code PoolingRules} and SameDiff make of its derivatives, and
 * puts kernels in their place that remember where each maximum was.
 *
 * <p>What is matched, on ND4J's ops: {@code maxpool2d} and {@code maxpool2d_bp}; and where windows tile the image, the mask of the first maximum of every tile, which is a comparison, a running sum and a product;
 * {@code upsampling2d(c) * mask}, which is c at the maxima; {@code upsampling2d_bp(.., g * mask)}, which is g at the
 * maxima.
 */
final class PoolingPattern {

    private final Program program;
    private final Map<Value, Instruction> producers;
    private final Map<Value, List<@Nullable Instruction>> consumers;

    /** The pooling ops by their results, with the places of their maxima. */
    private final Map<Value, Value> places = new HashMap<>();

    private final Map<Value, PoolShape> shapes = new HashMap<>();

    private PoolingPattern(Program program) {
        this.program = program;
        this.producers = program.producers();
        this.consumers = program.consumers();
    }

    static Program apply(Program program) {
        return new PoolingPattern(program).rewrite().withoutDeadCode();
    }

    private Program rewrite() {
        List<Instruction> result = new ArrayList<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof ForeignOp op) {
                result.addAll(rewritten(op).orElse(List.of(op)));
            } else {
                result.add(instruction);
            }
        }
        return program.rewritten(result, Map.of());
    }

    private Optional<List<Instruction>> rewritten(ForeignOp op) {
        return switch (op.opName()) {
            case "maxpool2d" -> pool(op);
            case "maxpool2d_bp" -> backward(op);
            case "multiply" -> unpool(op);
            case "upsampling2d_bp" -> gather(op);
            default -> Optional.empty();
        };
    }

    private Optional<List<Instruction>> pool(ForeignOp op) {
        Optional<PoolShape> shape = shape(op, op.input(0), op.output());
        if (shape.isEmpty()) {
            return Optional.empty();
        }
        Value output = op.output();
        Value where = Value.computed(output.name() + "/places", DataType.INT32, output.shape());
        places.put(output, where);
        shapes.put(where, shape.get());
        return Lowering.only(new Native(new MaxPool(shape.get()), List.of(op.input(0)), List.of(output, where)));
    }

    private static Optional<PoolShape> shape(ForeignOp op, Value image, Value pooled) {
        if (!ElementwiseLowering.isFloat(op) || image.rank() != 4 || pooled.rank() != 4) {
            return Optional.empty();
        }
        long[] s = ((DynamicCustomOp) op.op()).iArgs();
        boolean channelsFirst = s.length > 10 && s[10] == 0 && s[8] <= 1;
        return channelsFirst ? PlanarWindow.pooling(s, image, pooled) : Optional.empty();
    }

    /** Whether windows lie side by side, so that no two share a pixel. */
    private static boolean tiles(PoolShape shape) {
        Window window = shape.window();
        return window.kernelHeight() == window.strideHeight()
                && window.kernelWidth() == window.strideWidth()
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1
                && window.padTop() == 0
                && window.padLeft() == 0
                && shape.input().height() == shape.output().height() * window.kernelHeight()
                && shape.input().width() == shape.output().width() * window.kernelWidth();
    }

    private Optional<List<Instruction>> backward(ForeignOp op) {
        Value image = op.input(0);
        Value gradient = op.input(1);
        Optional<PoolShape> shape = shape(op, image, gradient);
        return shape.flatMap(found -> poolOf(image, found))
                .map(where ->
                        List.of(new Native(new Unpool(shape.get()), List.of(gradient, where), List.of(op.output()))));
    }

    /** The places of the maxima of an image that a pooling of this shape has found. */
    private Optional<Value> poolOf(Value image, PoolShape shape) {
        return consumers.getOrDefault(image, List.of()).stream()
                .flatMap(reader -> reader instanceof ForeignOp op && op.opName().equals("maxpool2d")
                        ? Optional.ofNullable(places.get(op.output())).stream()
                        : Stream.empty())
                .filter(where -> shape.equals(shapes.get(where)))
                .findFirst();
    }

    private Optional<List<Instruction>> unpool(ForeignOp op) {
        for (int i = 0; i < 2 && op.inputs().size() == 2; i++) {
            Optional<Value> where = places(op.input(1 - i));
            boolean repeated = producer(base(op.input(i))) instanceof ForeignOp up
                    && up.opName().equals("upsampling2d");
            if (where.isPresent() && repeated && producer(base(op.input(i))) instanceof ForeignOp up) {
                Value image = base(op.input(i));
                Value flags = op.input(1 - i);
                if (fits(up, up.input(0), image, where.get()) && repeats(flags, op.output())) {
                    Value unpooled = image.like(op.output().name() + "/unpooled");
                    return Optional.of(List.of(
                            new Native(
                                    new Unpool(shapeOf(where.get())),
                                    List.of(up.input(0), where.get()),
                                    List.of(unpooled)),
                            new View(unpooled, op.output())));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<List<Instruction>> gather(ForeignOp op) {
        Value gradient = base(op.input(1));
        if (!(producer(gradient) instanceof ForeignOp product)
                || !product.opName().equals("multiply_bp")
                || product.output() != gradient) {
            return Optional.empty();
        }
        Value whole = product.input(2);
        return places(product.input(1))
                .filter(where -> fits(op, op.output(), op.input(1), where) && repeats(product.input(1), whole))
                .map(where -> {
                    Value image = op.input(1).like(op.output().name() + "/gradient");
                    return List.of(
                            new View(whole, image),
                            new Native(new GatherPool(shapeOf(where)), List.of(image, where), List.of(op.output())));
                });
    }

    private PoolShape shapeOf(Value where) {
        return Objects.requireNonNull(shapes.get(where), where::toString);
    }

    /** Whether small images are repeated into large ones as pooling with these places shrinks them. */
    private static boolean fits(ForeignOp op, Value small, Value large, Value where) {
        long[] s = ((DynamicCustomOp) op.op()).iArgs();
        if (small.rank() != 4 || large.rank() != 4 || small.type() != DataType.FLOAT || s.length < 2) {
            return false;
        }
        boolean channelsFirst = s.length < 3 || s[2] == 1;
        boolean sameImages =
                Arrays.equals(Arrays.copyOfRange(small.shape(), 1, 4), Arrays.copyOfRange(where.shape(), 1, 4));
        return channelsFirst
                && sameImages
                && small.size(0) % where.size(0) == 0
                && large.size(2) == small.size(2) * s[0]
                && large.size(3) == small.size(3) * s[1];
    }

    /** Whether flags broadcast by repeating all of them, once for each cotangent. */
    private static boolean repeats(Value flags, Value whole) {
        return Pointwise.Operand.of(flags, whole)
                .filter(operand -> operand.repeat() == 1)
                .isPresent();
    }

    /** The places that a mask marks, if it marks the first maximum of every tile. */
    private Optional<Value> places(Value mask) {
        ForeignOp outer = permuted(base(mask), 0, 1, 3, 2, 4);
        ForeignOp chosen = outer == null ? null : op(base(outer.input(0)), "multiply");
        ForeignOp candidates = chosen == null ? null : op(chosen.input(0), "cast");
        if (chosen == null || candidates == null) {
            return Optional.empty();
        }
        ForeignOp none = op(chosen.input(1), "cast");
        ForeignOp zero = none == null ? null : op(none.input(0), "equals_scalar", "eq_scalar");
        ForeignOp before = zero == null ? null : op(zero.input(0), "cumsum");
        ForeignOp equal = op(candidates.input(0), "equals");
        if (outer == null
                || zero == null
                || before == null
                || equal == null
                || before.input(0) != chosen.input(0)
                || !isFirst(before, zero)) {
            return Optional.empty();
        }
        ForeignOp tiles = permuted(base(equal.input(0)), 0, 1, 3, 2, 4);
        Value pooled = base(equal.input(1));
        Value where = places.get(pooled);
        if (tiles == null || where == null || !(producer(pooled) instanceof ForeignOp pool)) {
            return Optional.empty();
        }
        boolean same = tiles(shapeOf(where))
                && base(tiles.input(0)) == pool.input(0)
                && isTiled(tiles.input(0), pool.input(0), pooled)
                && isTiled(outer.output(), pool.input(0), pooled)
                && equal.input(1).length() == pooled.length();
        return same ? Optional.of(where) : Optional.empty();
    }

    /** {@code [N C, h, kH, w, kW]} of an image. */
    private static boolean isTiled(Value value, Value image, Value pooled) {
        long h = pooled.size(2);
        long w = pooled.size(3);
        long[] expected = {image.size(0) * image.size(1), h, image.size(2) / h, w, image.size(3) / w};
        return Arrays.equals(value.shape(), expected);
    }

    /** An exclusive running sum along the last axis, compared with 0. */
    private static boolean isFirst(ForeignOp cumsum, ForeignOp comparison) {
        long[] s = ((DynamicCustomOp) cumsum.op()).iArgs();
        int rank = cumsum.output().rank();
        return s.length == 3
                && s[0] == 1
                && s[1] == 0
                && Math.floorMod(s[2], rank) == rank - 1
                && comparison.op() instanceof ScalarOp scalar
                && scalar.scalar() != null
                && scalar.scalar().getDouble(0) == 0;
    }

    private @Nullable ForeignOp permuted(Value value, long... axes) {
        ForeignOp permute = op(value, "permute");
        boolean same = permute != null
                && permute.inputs().size() == 1
                && Arrays.equals(((DynamicCustomOp) permute.op()).iArgs(), axes);
        return same ? permute : null;
    }

    private @Nullable ForeignOp op(Value value, String... names) {
        return producer(value) instanceof ForeignOp op && List.of(names).contains(op.opName()) ? op : null;
    }

    private @Nullable Instruction producer(Value value) {
        return producers.get(value);
    }

    /** The value of which this one is a row-major reshape. */
    private Value base(Value value) {
        Value base = value;
        while (true) {
            Instruction producer = producers.get(base);
            if (producer instanceof View view) {
                base = view.input();
            } else if (producer instanceof ForeignOp op
                    && op.opName().equals("reshape")
                    && ShapeLowering.isRowMajor(op)) {
                base = op.input(0);
            } else {
                return base;
            }
        }
    }
}
