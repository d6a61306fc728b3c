package org.jacreg.runtime;

import java.util.List;
import java.util.Optional;
import org.jacreg.runtime.NativeOperation.CrossEntropy;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Softmax cross-entropy, float32, with one weight for all samples. */
final class LossLowering {

    private LossLowering() {}

    static void register(Lowering lowering) {
        lowering.add("softmax_cross_entropy_loss", op -> lower(op, false));
        lowering.addUsing(
                "softmax_cross_entropy_loss_grad",
                (op, uses) -> uses.isRead(op.outputs().get(1))
                                || uses.isRead(op.outputs().get(2))
                        ? Optional.empty()
                        : lower(op, true));
    }

    private static Optional<List<Instruction>> lower(ForeignOp op, boolean gradient) {
        boolean fits = ElementwiseLowering.isFloat(op)
                && op.input(0).rank() == 2
                && op.input(1).length() == 1
                && op.input(2).hasShapeOf(op.input(0));
        if (!fits) {
            return Optional.empty();
        }
        DynamicCustomOp custom = (DynamicCustomOp) op.op();
        LossReduce reduction = reduction(Math.toIntExact(custom.getIArgument(0)));
        float smoothing =
                custom.numTArguments() == 0 ? 0 : custom.getTArgument(0).floatValue();
        return Lowering.only(
                new Native(new CrossEntropy(reduction, smoothing, gradient), op.inputs(), List.of(op.output())));
    }

    /** The numbers are ND4J's. */
    private static LossReduce reduction(int number) {
        return switch (number) {
            case 0 -> LossReduce.NONE;
            case 1 -> LossReduce.SUM;
            case 2 -> LossReduce.MEAN_BY_WEIGHT;
            case 3 -> LossReduce.MEAN_BY_NONZERO_WEIGHT_COUNT;
            default -> throw new IllegalStateException("ND4J has no reduction " + number + " of losses");
        };
    }
}
