package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Replaces ND4J's ops by instructions that jacreg runs itself, where it has them; the others stay as they are. */
final class Lowering {

    /** Replaces one op; an empty list of instructions is not possible, a rule that cannot help gives an empty optional. */
    interface Rule {
        Optional<List<Instruction>> lower(ForeignOp op, Uses uses);
    }

    /** Who writes and who reads what. */
    record Uses(Map<Value, Instruction> producers, Map<Value, List<@Nullable Instruction>> consumers) {

        boolean isRead(Value value) {
            return consumers.containsKey(value);
        }

        boolean isReadOnce(Value value) {
            return consumers.getOrDefault(value, List.of()).size() == 1;
        }
    }

    private final Map<String, Rule> rules = new HashMap<>();

    private Lowering() {}

    static Lowering standard() {
        Lowering lowering = new Lowering();
        MatrixLowering.register(lowering);
        ElementwiseLowering.register(lowering);
        BackwardLowering.register(lowering);
        FoldLowering.register(lowering);
        ShapeLowering.register(lowering);
        LossLowering.register(lowering);
        ConvolutionLowering.register(lowering);
        return lowering;
    }

    void add(String opName, Function<ForeignOp, Optional<List<Instruction>>> rule) {
        addUsing(opName, (op, uses) -> rule.apply(op));
    }

    void addUsing(String opName, Rule rule) {
        if (rules.put(opName, rule) != null) {
            throw new IllegalStateException("two rules for " + opName);
        }
    }

    Program apply(Program program) {
        List<Instruction> lowered = new ArrayList<>();
        Uses uses = new Uses(program.producers(), program.consumers());
        for (Instruction instruction : program.instructions()) {
            Rule rule = instruction instanceof ForeignOp foreign ? rules.get(foreign.opName()) : null;
            if (instruction instanceof ForeignOp op && rule != null) {
                lowered.addAll(rule.lower(op, uses).orElse(List.of(op)));
            } else {
                lowered.add(instruction);
            }
        }
        return new Program(lowered, program.outputs(), program.gradients()).withoutDeadCode();
    }

    /** The instruction alone, if there is one. */
    static Optional<List<Instruction>> only(Optional<? extends Instruction> instruction) {
        return instruction.map(List::of);
    }

    /** The instruction alone. */
    static Optional<List<Instruction>> only(Instruction instruction) {
        return Optional.of(List.of(instruction));
    }
}
