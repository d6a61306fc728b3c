package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/** Listens to a session of SameDiff and writes down which ops it runs, in which order and on what. */
final class SessionRecorder extends BaseListener {

    /**
     * One node that was run.
     *
     * @param opName the kind
     * @param use the op as it was run; nothing where it cannot be run by itself
     * @param passesOn whether the result is the input's own array
     * @param inputs names of the variables it was fed
     * @param outputs names of the variables it computed
     */
    record Step(String opName, Optional<OpUse> use, boolean passesOn, List<String> inputs, List<String> outputs) {}

    private final List<Step> steps = new ArrayList<>();

    @Override
    public boolean isActive(Operation operation) {
        return true;
    }

    @Override
    public void preOpExecution(SameDiff sd, At at, SameDiffOp node, OpContext context) {
        DifferentialFunction op = node.getOp();
        List<String> outputs = List.copyOf(node.getOutputsOfOp());
        List<String> inputs = node.getInputsToOp() == null ? List.of() : List.copyOf(node.getInputsToOp());
        Optional<OpUse> use = context == null || isSpecial(op)
                ? Optional.empty()
                : Optional.of(new OpUse(
                        op,
                        outputs.get(0),
                        context.getInputArrays().stream().map(OpUse.Slot::of).toList(),
                        context.getOutputArrays().stream().map(OpUse.Slot::of).toList()));
        steps.add(new Step(op.opName(), use, op instanceof Identity, inputs, outputs));
    }

    /** Control flow, random draws, and ops that hand their input on or write to it. */
    private static boolean isSpecial(DifferentialFunction op) {
        return !(op instanceof CustomOp || op instanceof BaseOp)
                || op instanceof RandomOp
                || op instanceof Identity
                || op instanceof Assign;
    }

    /** In the order in which they were run. */
    List<Step> steps() {
        return steps;
    }

    /** One use of every op, set of attributes and set of shapes. */
    List<OpUse> uses() {
        Map<String, OpUse> uses = new LinkedHashMap<>();
        steps.forEach(step -> step.use().ifPresent(use -> uses.putIfAbsent(use.key(), use)));
        return List.copyOf(uses.values());
    }

    /** Kinds that cannot be run by themselves, each with a variable that one computes. */
    Map<String, String> special() {
        Map<String, String> special = new LinkedHashMap<>();
        steps.stream()
                .filter(step -> step.use().isEmpty())
                .forEach(step ->
                        special.putIfAbsent(step.opName(), step.outputs().get(0)));
        return special;
    }
}
