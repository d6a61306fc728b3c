package org.jacreg.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.runtime.Pointwise.Operation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Elementwise forward ops, float32, whose result is exactly rounded: bit for bit what ND4J gives. */
final class ElementwiseLowering {

    private static final Map<String, Operation> BINARY = Map.of(
            "add", Operation.ADD,
            "subtract", Operation.SUBTRACT,
            "multiply", Operation.MULTIPLY,
            "divide", Operation.DIVIDE,
            "realdiv", Operation.DIVIDE,
            "minimum", Operation.MINIMUM,
            "maximum", Operation.MAXIMUM);

    private static final Map<String, Operation> UNARY = Map.of(
            "neg", Operation.NEGATE,
            "square", Operation.SQUARE,
            "abs", Operation.ABSOLUTE,
            "sign", Operation.SIGN);

    private ElementwiseLowering() {}

    static void register(Lowering lowering) {
        BINARY.forEach((name, operation) -> lowering.add(name, op -> binary(op, operation)));
        UNARY.forEach((name, operation) -> lowering.add(name, op -> unary(op, operation, 0)));
        lowering.addUsing("cast", ElementwiseLowering::cast);
        lowering.add("relu", op -> scalar(op, Operation.RELU, false));
        lowering.add("step", op -> scalar(op, Operation.STEP, false));
        lowering.add("mul_scalar", op -> scalar(op, Operation.MULTIPLY_CONSTANT, false));
        lowering.add("add_scalar", op -> scalar(op, Operation.ADD_CONSTANT, false));
        lowering.add("div_scalar", op -> scalar(op, Operation.DIVIDE_CONSTANT, false));
        lowering.add("sub_scalar", op -> scalar(op, Operation.ADD_CONSTANT, true));
    }

    /** The number that is 1 where a comparison holds: SameDiff casts truth values where it needs them. */
    private static Optional<List<Instruction>> cast(ForeignOp op, Lowering.Uses uses) {
        boolean compared = uses.producers().get(op.input(0)) instanceof ForeignOp equals
                && equals.opName().equals("equals")
                && equals.inputs().stream().allMatch(ElementwiseLowering::isShort)
                && op.output().type() == DataType.FLOAT;
        if (compared && uses.producers().get(op.input(0)) instanceof ForeignOp equals) {
            return Lowering.only(Pointwise.binary(Operation.EQUAL, equals.input(0), equals.input(1), 0, op.output()));
        }
        return ShapeLowering.view(op);
    }

    static boolean isFloat(ForeignOp op) {
        return op.outputs().stream().allMatch(value -> isShort(value))
                && op.inputs().stream().allMatch(value -> isShort(value));
    }

    /** Longer arrays do not fit a Java buffer. */
    private static boolean isShort(Value value) {
        return value.type() == DataType.FLOAT && value.length() > 0 && value.length() <= Integer.MAX_VALUE / 8;
    }

    private static Optional<List<Instruction>> binary(ForeignOp op, Operation operation) {
        if (!isFloat(op) || op.inputs().size() != 2) {
            return Optional.empty();
        }
        return Lowering.only(Pointwise.binary(operation, op.input(0), op.input(1), 0, op.output()));
    }

    private static Optional<List<Instruction>> unary(ForeignOp op, Operation operation, float c) {
        if (!isFloat(op) || op.inputs().size() != 1) {
            return Optional.empty();
        }
        return Lowering.only(Pointwise.unary(operation, op.input(0), c, op.output()));
    }

    private static Optional<List<Instruction>> scalar(ForeignOp op, Operation operation, boolean negated) {
        if (!(op.op() instanceof ScalarOp scalar) || scalar.scalar() == null) {
            return Optional.empty();
        }
        float c = scalar.scalar().getFloat(0);
        return unary(op, operation, negated ? -c : c);
    }
}
