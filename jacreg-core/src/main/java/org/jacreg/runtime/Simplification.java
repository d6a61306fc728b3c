package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jspecify.annotations.Nullable;

/** Rewrites that change no number: nothing added, chains of elementwise operations joined, sums of products accumulated. */
final class Simplification {

    private Simplification() {}

    static Program apply(Program program) {
        Program simpler = withoutZeros(program).withoutDeadCode();
        simpler = withEachComputedOnce(simpler).withoutDeadCode();
        simpler = joined(simpler).withoutDeadCode();
        // The second time finds sums over arrays that the first one has unpooled.
        simpler = ConvolutionFusion.apply(PoolingFusion.apply(PoolingFusion.apply(simpler)));
        return accumulated(GramForm.apply(simpler)).withoutDeadCode();
    }

    /** {@code x + 0} is x: SameDiff adds the zero gradients of ops that have none. */
    private static Program withoutZeros(Program program) {
        Map<Value, Value> same = new HashMap<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof Pointwise pass && pass.is(Operation.ADD)) {
                for (int i = 0; i < 2; i++) {
                    Operand zero = pass.operands().get(i);
                    Operand other = pass.operands().get(1 - i);
                    if (isZero(zero.value()) && other.value().hasShapeOf(pass.output())) {
                        same.put(pass.output(), other.value());
                        break;
                    }
                }
            }
        }
        return program.rewritten(program.instructions(), same);
    }

    private static boolean isZero(Value value) {
        return value.isConstant()
                && value.array() != null
                && value.array().amaxNumber().doubleValue() == 0;
    }

    /** Two elementwise passes that do the same are one. */
    private static Program withEachComputedOnce(Program program) {
        Map<Object, Value> computed = new java.util.HashMap<>();
        Map<Value, Value> same = new HashMap<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof Pointwise pass) {
                Value first = computed.putIfAbsent(List.of(pass.operands(), pass.stages()), pass.output());
                if (first != null && first.hasShapeOf(pass.output())) {
                    same.put(pass.output(), first);
                }
            }
        }
        return program.rewritten(program.instructions(), same);
    }

    /** A pass whose result only the next pass reads, in full, is done on the way; views between them do not matter. */
    private static Program joined(Program program) {
        Map<Value, Instruction> producers = program.producers();
        Map<Value, List<@Nullable Instruction>> consumers = program.consumers();
        Map<Instruction, Pointwise> replaced = new HashMap<>();
        List<Instruction> result = new ArrayList<>();
        for (Instruction instruction : program.instructions()) {
            Instruction joined = instruction;
            if (instruction instanceof Pointwise pass) {
                Pointwise whole = pass;
                for (Operand operand : pass.operands()) {
                    Instruction source = soleProducer(operand, pass, producers, consumers);
                    if (source instanceof Pointwise found) {
                        whole = whole.absorbing(operand.value(), replaced.getOrDefault(found, found));
                    }
                }
                replaced.put(instruction, whole);
                joined = whole;
            }
            result.add(joined);
        }
        return program.rewritten(result, Map.of());
    }

    private static @Nullable Instruction soleProducer(
            Operand operand,
            Pointwise pass,
            Map<Value, Instruction> producers,
            Map<Value, List<@Nullable Instruction>> consumers) {
        if (!operand.isFull(pass.output())) {
            return null;
        }
        Value value = operand.value();
        while (true) {
            List<@Nullable Instruction> readers = consumers.getOrDefault(value, List.of());
            if (readers.size() != 1) {
                return null;
            }
            Instruction producer = producers.get(value);
            if (!(producer instanceof View view)) {
                return producer;
            }
            value = view.input();
        }
    }

    private static boolean isReadOnce(Value value, Map<Value, List<@Nullable Instruction>> consumers) {
        return consumers.getOrDefault(value, List.of()).size() == 1;
    }

    /** {@code A B + x}, where nothing else needs the product, adds up where the product is made. */
    private static Program accumulated(Program program) {
        Map<Value, Instruction> producers = program.producers();
        Map<Value, List<@Nullable Instruction>> consumers = program.consumers();
        List<Instruction> result = new ArrayList<>();
        for (Instruction instruction : program.instructions()) {
            Instruction changed = instruction;
            if (instruction instanceof Pointwise pass && pass.is(Operation.ADD)) {
                for (int i = 0; i < 2; i++) {
                    Value product = pass.operands().get(i).value();
                    Value other = pass.operands().get(1 - i).value();
                    boolean fits = isReadOnce(product, consumers)
                            && product.hasShapeOf(pass.output())
                            && other.hasShapeOf(pass.output())
                            && other.kind() == Value.Kind.COMPUTED
                            && product != other;
                    if (fits && changed == instruction && producers.get(product) instanceof Product found) {
                        changed = found.addend() == null ? found.plus(other, pass.output()) : instruction;
                    }
                }
            }
            result.add(changed);
        }
        return program.rewritten(result, Map.of());
    }
}
