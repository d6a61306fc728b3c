package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Replaces ND4J's ops by instructions that jacreg runs itself, where it has them; the others stay as they are. */
final class Lowering {

    /** Replaces one op; an empty list of instructions is not possible, a rule that cannot help gives an empty optional. */
    interface Rule {
        Optional<List<Instruction>> lower(ForeignOp op);
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
        return lowering;
    }

    void add(String opName, Rule rule) {
        if (rules.put(opName, rule) != null) {
            throw new IllegalStateException("two rules for " + opName);
        }
    }

    Program apply(Program program) {
        List<Instruction> lowered = new ArrayList<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof ForeignOp op && rules.containsKey(op.opName())) {
                lowered.addAll(rules.get(op.opName()).lower(op).orElse(List.of(op)));
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
