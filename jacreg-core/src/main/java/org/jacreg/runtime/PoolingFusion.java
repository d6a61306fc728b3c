package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.runtime.Fold.Extents;
import org.jacreg.runtime.NativeOperation.GatherPool;
import org.jacreg.runtime.NativeOperation.Unpool;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.jacreg.runtime.kernel.PoolShape;
import org.jspecify.annotations.Nullable;

/**
 * Applies the masks of activations next to maximum pooling where the arrays are small: {@code unpool(c) * m = unpool(c * m at the
 * maxima)} and {@code (g * m) at the maxima = (g at the maxima) * (m at the maxima)}, for a mask m of zeros and ones.
 */
final class PoolingFusion {

    private final Program program;
    private final Map<Value, Instruction> producers;
    private final Map<Value, List<@Nullable Instruction>> consumers;
    private final Map<List<Value>, Value> gathered = new HashMap<>();
    private final List<Instruction> result = new ArrayList<>();

    private PoolingFusion(Program program) {
        this.program = program;
        this.producers = program.producers();
        this.consumers = program.consumers();
    }

    static Program apply(Program program) {
        return new PoolingFusion(program).rewrite().withoutDeadCode();
    }

    private Program rewrite() {
        for (Instruction instruction : program.instructions()) {
            boolean done = instruction instanceof Pointwise pass && maskedUnpool(pass);
            if (!done && instruction instanceof Native pool && pool.operation() instanceof GatherPool gather) {
                done = maskedGather(pool, gather.shape());
            }
            if (!done && instruction instanceof Fold fold) {
                done = unpooledSum(fold);
            }
            if (!done) {
                result.add(instruction);
            }
        }
        return program.rewritten(result, Map.of());
    }

    /** A product or gate of an unpooled array with a mask. */
    private boolean maskedUnpool(Pointwise pass) {
        if (pass.operands().size() != 2 || !(pass.is(Operation.MULTIPLY) || pass.is(Operation.GATE))) {
            return false;
        }
        Stage stage = pass.stages().get(0);
        for (int i = 0; i < 2; i++) {
            Operand unpooled = pass.operands().get(i);
            Operand mask = pass.operands().get(1 - i);
            boolean gates = pass.is(Operation.GATE) && stage.b() == i && mask.isFull(pass.output());
            boolean multiplies = pass.is(Operation.MULTIPLY) && mask.repeat() == 1 && isStep(mask.value());
            if (unpooled.isFull(pass.output())
                    && (gates || multiplies)
                    && origin(unpooled.value()) instanceof Native unpool
                    && unpool.operation() instanceof Unpool pooling
                    && fits(
                            mask.value(),
                            unpool.outputs().get(0),
                            unpool.inputs().get(1))) {
                Value values = unpool.inputs().get(0);
                Value where = unpool.inputs().get(1);
                Value small = values.like(pass.output().name() + "/small");
                Operand chosen = new Operand(at(mask.value(), where, pooling.shape()), 1);
                Operand whole = new Operand(values, 1);
                result.add(
                        new Pointwise(i == 0 ? List.of(whole, chosen) : List.of(chosen, whole), pass.stages(), small));
                Value large = unpool.outputs().get(0).like(pass.output().name() + "/large");
                result.add(new Native(new Unpool(pooling.shape()), List.of(small, where), List.of(large)));
                result.add(new View(large, pass.output()));
                return true;
            }
        }
        return false;
    }

    private boolean maskedGather(Native pool, PoolShape shape) {
        Value where = pool.inputs().get(1);
        Value image = pool.inputs().get(0);
        if (!(origin(image) instanceof Pointwise pass)
                || !pass.is(Operation.MULTIPLY)
                || pass.operands().size() != 2
                || !isReadOnceFrom(pass.output(), image)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            Operand whole = pass.operands().get(i);
            Operand mask = pass.operands().get(1 - i);
            if (whole.isFull(pass.output())
                    && mask.repeat() == 1
                    && isStep(mask.value())
                    && fits(mask.value(), image, where)) {
                Value output = pool.outputs().get(0);
                Value unmasked = image.like(pass.output().name() + "/unmasked");
                Value small = output.like(output.name() + "/unmasked");
                result.add(new View(whole.value(), unmasked));
                result.add(new Native(new GatherPool(shape), List.of(unmasked, where), List.of(small)));
                Operand chosen = new Operand(at(mask.value(), where, shape), 1);
                result.add(new Pointwise(
                        List.of(new Operand(small, 1), chosen), List.of(Stage.of(Operation.MULTIPLY, 0, 1)), output));
                return true;
            }
        }
        return false;
    }

    /** The sum over planes of unpooled values is that of the values. */
    private boolean unpooledSum(Fold fold) {
        if (fold.kind() != Fold.Kind.SUM
                || !(origin(fold.input()) instanceof Native unpool)
                || !(unpool.operation() instanceof Unpool)) {
            return false;
        }
        Value large = unpool.outputs().get(0);
        Value small = unpool.inputs().get(0);
        Extents planes = new Extents(large.size(0), large.size(1), large.size(2) * large.size(3), 1);
        if (!fold.extents().equals(planes)) {
            return false;
        }
        Extents smallPlanes = new Extents(small.size(0), small.size(1), small.size(2) * small.size(3), 1);
        result.add(new Fold(Fold.Kind.SUM, small, smallPlanes, fold.output()));
        return true;
    }

    /** Whether the mask has an entry for every pixel of the images that were pooled. */
    private static boolean fits(Value mask, Value image, Value where) {
        return mask.length() * image.size(0) == image.length() * where.size(0);
    }

    private boolean isReadOnceFrom(Value first, Value last) {
        Value value = last;
        while (true) {
            if (consumers.getOrDefault(value, List.of()).size() != 1) {
                return false;
            }
            if (value == first || !(producers.get(value) instanceof View view)) {
                return value == first;
            }
            value = view.input();
        }
    }

    /** A mask at the places of the maxima. */
    private Value at(Value mask, Value where, PoolShape pooling) {
        return gathered.computeIfAbsent(List.of(mask, where), key -> {
            Value shaped = Value.computed(
                    mask.name() + "/image",
                    mask.type(),
                    where.size(0),
                    where.size(1),
                    pooling.input().height(),
                    pooling.input().width());
            Value small = Value.computed(mask.name() + "/at_maxima", mask.type(), where.shape());
            result.add(new View(mask, shaped));
            result.add(new Native(new GatherPool(pooling), List.of(shaped, where), List.of(small)));
            return small;
        });
    }

    private boolean isStep(Value value) {
        return origin(value) instanceof Pointwise pass && pass.is(Operation.STEP);
    }

    /** What makes a value, views seen through. */
    private @Nullable Instruction origin(Value value) {
        Instruction producer = producers.get(value);
        while (producer instanceof View view) {
            producer = producers.get(view.input());
        }
        return producer;
    }
}
