package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Gradients of elementwise ops, float32: what a broadcast input receives is summed over the axes it was broadcast along, and a
 * gradient that nobody wants is not computed.
 */
final class BackwardLowering {

    private BackwardLowering() {}

    static void register(Lowering lowering) {
        lowering.add("add_bp", op -> broadcast(op, Gradient.PASSED, Gradient.PASSED));
        lowering.add("subtract_bp", op -> broadcast(op, Gradient.PASSED, Gradient.NEGATED));
        lowering.add("multiply_bp", op -> broadcast(op, Gradient.TIMES_RIGHT, Gradient.TIMES_LEFT));
        lowering.add("divide_bp", op -> broadcast(op, Gradient.OVER_RIGHT, Gradient.OF_QUOTIENT));
        lowering.add("thresholdedrelu_bp", BackwardLowering::rectifier);
        lowering.add("relu_bp", BackwardLowering::rectifier);
        lowering.add(
                "reduce_sqnorm_bp",
                op -> ofWhole(
                        op,
                        List.of(Stage.of(Operation.MULTIPLY, 0, 1), new Stage(Operation.MULTIPLY_CONSTANT, 2, -1, 2))));
        lowering.add(
                "reduce_norm1_bp",
                op -> ofWhole(op, List.of(Stage.of(Operation.SIGN, 0, -1), Stage.of(Operation.MULTIPLY, 2, 1))));
    }

    /** What an operand's gradient is before it is summed. */
    private enum Gradient {
        PASSED,
        NEGATED,
        TIMES_LEFT,
        TIMES_RIGHT,
        OVER_RIGHT,
        /** {@code -g x / y^2}, in ND4J's order. */
        OF_QUOTIENT
    }

    private static final List<Stage> QUOTIENT = List.of(
            Stage.of(Operation.MULTIPLY, 0, 1),
            Stage.of(Operation.SQUARE, 2, -1),
            Stage.of(Operation.DIVIDE, 3, 4),
            Stage.of(Operation.NEGATE, 5, -1));

    private static Optional<List<Instruction>> broadcast(ForeignOp op, Gradient left, Gradient right) {
        if (!ElementwiseLowering.isFloat(op)
                || op.inputs().size() != 3
                || op.outputs().size() != 2) {
            return Optional.empty();
        }
        Optional<List<Instruction>> first = gradient(op, left, op.outputs().get(0));
        Optional<List<Instruction>> second = gradient(op, right, op.outputs().get(1));
        if (first.isEmpty() || second.isEmpty()) {
            return Optional.empty();
        }
        List<Instruction> both = new ArrayList<>(first.get());
        both.addAll(second.get());
        return Optional.of(both);
    }

    private static Optional<List<Instruction>> gradient(ForeignOp op, Gradient kind, Value output) {
        Value g = op.input(2);
        Function<Value, Optional<? extends Instruction>> full = result -> switch (kind) {
            case PASSED -> Optional.of(new View(g, result));
            case NEGATED -> Pointwise.unary(Operation.NEGATE, g, 0, result);
            case TIMES_LEFT -> Pointwise.binary(Operation.MULTIPLY, g, op.input(0), 0, result);
            case TIMES_RIGHT -> Pointwise.binary(Operation.MULTIPLY, g, op.input(1), 0, result);
            case OVER_RIGHT -> Pointwise.binary(Operation.DIVIDE, g, op.input(1), 0, result);
            case OF_QUOTIENT -> Pointwise.of(List.of(g, op.input(0), op.input(1)), QUOTIENT, result);
        };
        if (g.hasShapeOf(output)) {
            return Lowering.only(full.apply(output));
        }
        Value whole = g.like(output.name() + "/unsummed");
        Optional<? extends Instruction> unsummed = full.apply(whole);
        return unsummed.flatMap(
                first -> FoldLowering.broadcastSum(whole, output).map(sum -> List.of(first, sum)));
    }

    private static Optional<List<Instruction>> rectifier(ForeignOp op) {
        if (!ElementwiseLowering.isFloat(op) || op.inputs().size() != 2) {
            return Optional.empty();
        }
        double[] cutoff = ((DynamicCustomOp) op.op()).tArgs();
        float c = cutoff.length == 0 ? 0 : (float) cutoff[0];
        return Lowering.only(Pointwise.binary(Operation.GATE, op.input(0), op.input(1), c, op.output()));
    }

    /** Gradients of folds over everything: the second input is a single number. */
    private static Optional<List<Instruction>> ofWhole(ForeignOp op, List<Stage> stages) {
        boolean whole = ElementwiseLowering.isFloat(op)
                && op.inputs().size() == 2
                && op.input(1).length() == 1
                && op.input(1).rank() <= op.input(0).rank();
        return whole ? Lowering.only(Pointwise.of(op.inputs(), stages, op.output())) : Optional.empty();
    }
}
