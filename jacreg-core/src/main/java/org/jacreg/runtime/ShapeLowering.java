package org.jacreg.runtime;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.shape.Reshape;

/** Ops that keep the numbers and their order. */
final class ShapeLowering {

    private ShapeLowering() {}

    static void register(Lowering lowering) {
        lowering.add("reshape", ShapeLowering::reshape);
        for (String name : List.of("squeeze", "expand_dims", "flatten_2d", "stop_gradient")) {
            lowering.add(name, ShapeLowering::view);
        }
    }

    private static Optional<List<Instruction>> reshape(ForeignOp op) {
        return isRowMajor(op) ? view(op) : Optional.empty();
    }

    /** Whether a reshape keeps the order of the entries. */
    static boolean isRowMajor(ForeignOp reshape) {
        return !(reshape.op() instanceof DynamicCustomOp custom
                && custom.numIArguments() > 0
                && custom.getIArgument(0) == Reshape.F_ORDER);
    }

    static Optional<List<Instruction>> view(ForeignOp op) {
        boolean same = op.outputs().size() == 1
                && op.input(0).length() == op.output().length()
                && op.input(0).type() == op.output().type();
        return same ? Lowering.only(new View(op.input(0), op.output())) : Optional.empty();
    }
}
