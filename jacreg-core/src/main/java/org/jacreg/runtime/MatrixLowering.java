package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jacreg.runtime.Pointwise.Operation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Matrix products, with and without a bias, and their gradients. */
final class MatrixLowering {

    private MatrixLowering() {}

    static void register(Lowering lowering) {
        lowering.add("matmul", MatrixLowering::product);
        lowering.add("matmul_bp", MatrixLowering::productGradients);
        lowering.add("xw_plus_b", MatrixLowering::linear);
    }

    private static boolean flag(ForeignOp op, int index) {
        DynamicCustomOp custom = (DynamicCustomOp) op.op();
        return custom.numIArguments() > index && custom.getIArgument(index) != 0;
    }

    private static boolean areMatrices(ForeignOp op) {
        List<Value> all = new ArrayList<>(op.inputs());
        all.addAll(op.outputs());
        DataType type = op.output().type();
        return (type == DataType.FLOAT || type == DataType.DOUBLE)
                && all.stream().allMatch(value -> value.rank() == 2 && value.type() == type && value.length() > 0);
    }

    /** Products scaled by something other than 1 stay with ND4J. */
    private static boolean isPlain(ForeignOp op) {
        double[] scales = ((DynamicCustomOp) op.op()).tArgs();
        boolean unscaled = (scales.length < 1 || scales[0] == 1) && (scales.length < 2 || scales[1] == 0);
        return unscaled && areMatrices(op) && !flag(op, 2);
    }

    private static Optional<List<Instruction>> product(ForeignOp op) {
        if (!isPlain(op)) {
            return Optional.empty();
        }
        return Lowering.only(Product.of(op.input(0), flag(op, 0), op.input(1), flag(op, 1), op.output()));
    }

    /**
     * {@code Y = op(A) op(B)}: {@code dA = G op(B)^T}, or its transpose {@code op(B) G^T} if A was transposed; the same for B.
     */
    private static Optional<List<Instruction>> productGradients(ForeignOp op) {
        if (!isPlain(op)) {
            return Optional.empty();
        }
        Value a = op.input(0);
        Value b = op.input(1);
        Value g = op.input(2);
        boolean ta = flag(op, 0);
        boolean tb = flag(op, 1);
        Value da = op.outputs().get(0);
        Value db = op.outputs().get(1);
        return Optional.of(List.of(
                ta ? Product.of(b, tb, g, true, da) : Product.of(g, false, b, !tb, da),
                tb ? Product.of(g, true, a, ta, db) : Product.of(a, !ta, g, false, db)));
    }

    private static Optional<List<Instruction>> linear(ForeignOp op) {
        Value x = op.input(0);
        Value w = op.input(1);
        Value bias = op.input(2);
        boolean fits = op.output().type() == DataType.FLOAT
                && ((DynamicCustomOp) op.op()).numIArguments() == 0
                && x.rank() == 2
                && w.rank() == 2
                && bias.length() == w.size(1)
                && op.inputs().stream().allMatch(value -> value.type() == DataType.FLOAT);
        if (!fits) {
            return Optional.empty();
        }
        Value product = op.output().like(op.output().name() + "/product");
        return Pointwise.binary(Operation.ADD, product, bias, 0, op.output())
                .map(added -> List.of(Product.of(x, false, w, false, product), added));
    }
}
