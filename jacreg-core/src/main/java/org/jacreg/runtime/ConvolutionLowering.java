package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jacreg.runtime.Fold.Extents;
import org.jacreg.runtime.NativeOperation.ConvolutionWeights;
import org.jacreg.runtime.NativeOperation.Convolve;
import org.jacreg.runtime.NativeOperation.ConvolveBack;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.jacreg.runtime.kernel.ConvolutionShape;
import org.jacreg.runtime.kernel.WeightFormat;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Convolutions and transposed convolutions of NCHW images, float32, and their gradients. A transposed convolution is the adjoint of a
 * convolution with the same weights, and its gradients are a convolution and a gradient of weights.
 */
final class ConvolutionLowering {

    private static final int PADDING = 8;
    private static final int CHANNELS_LAST = 9;
    private static final int WEIGHT_FORMAT = 10;

    private ConvolutionLowering() {}

    static void register(Lowering lowering) {
        lowering.add("conv2d", ConvolutionLowering::convolution);
        lowering.add("conv2d_bp", ConvolutionLowering::convolutionGradients);
        lowering.add("deconv2d", ConvolutionLowering::transposed);
        lowering.add("deconv2d_bp", ConvolutionLowering::transposedGradients);
    }

    private static Optional<List<Instruction>> convolution(ForeignOp op) {
        Value weights = op.input(1);
        return shape(op, op.input(0), op.output())
                .map(shape -> withBias(
                        op,
                        op.inputs().size() > 2,
                        result ->
                                new Native(new Convolve(shape, null), List.of(op.input(0), weights), List.of(result))));
    }

    private static Optional<List<Instruction>> transposed(ForeignOp op) {
        Value weights = op.input(1);
        return shape(op, op.output(), op.input(0))
                .map(shape -> withBias(
                        op,
                        op.inputs().size() > 2,
                        result -> new Native(
                                new ConvolveBack(shape, null), List.of(op.input(0), weights), List.of(result))));
    }

    private static List<Instruction> withBias(
            ForeignOp op, boolean biased, java.util.function.Function<Value, Instruction> convolution) {
        if (!biased) {
            return List.of(convolution.apply(op.output()));
        }
        Value unbiased = op.output().like(op.output().name() + "/unbiased");
        long plane = op.output().size(2) * op.output().size(3);
        Pointwise added = new Pointwise(
                List.of(new Operand(unbiased, 1), new Operand(op.input(2), plane)),
                List.of(Stage.of(Operation.ADD, 0, 1)),
                op.output());
        return List.of(convolution.apply(unbiased), added);
    }

    private static Optional<List<Instruction>> convolutionGradients(ForeignOp op) {
        Value images = op.input(0);
        Value weights = op.input(1);
        Value cotangents = op.input(op.inputs().size() - 1);
        return shape(op, images, cotangents).map(shape -> {
            List<Instruction> result = new ArrayList<>();
            Value byImages = op.outputs().get(0);
            Value byWeights = op.outputs().get(1);
            result.add(new Native(new ConvolveBack(shape, null), List.of(cotangents, weights), List.of(byImages)));
            result.add(
                    new Native(new ConvolutionWeights(shape, null), List.of(images, cotangents), List.of(byWeights)));
            addBiasGradient(op, cotangents, result);
            return result;
        });
    }

    private static Optional<List<Instruction>> transposedGradients(ForeignOp op) {
        Value images = op.input(0);
        Value weights = op.input(1);
        Value cotangents = op.input(op.inputs().size() - 1);
        return shape(op, cotangents, images).map(shape -> {
            List<Instruction> result = new ArrayList<>();
            Value byImages = op.outputs().get(0);
            Value byWeights = op.outputs().get(1);
            result.add(new Native(new Convolve(shape, null), List.of(cotangents, weights), List.of(byImages)));
            result.add(
                    new Native(new ConvolutionWeights(shape, null), List.of(cotangents, images), List.of(byWeights)));
            addBiasGradient(op, cotangents, result);
            return result;
        });
    }

    private static void addBiasGradient(ForeignOp op, Value cotangents, List<Instruction> result) {
        if (op.outputs().size() > 2) {
            Extents extents =
                    new Extents(cotangents.size(0), cotangents.size(1), cotangents.size(2) * cotangents.size(3), 1);
            result.add(new Fold(Fold.Kind.SUM, cotangents, extents, op.outputs().get(2)));
        }
    }

    /** The convolution from images to features; empty if the kernels have no such. */
    private static Optional<ConvolutionShape> shape(ForeignOp op, Value images, Value features) {
        if (!ElementwiseLowering.isFloat(op) || images.rank() != 4 || features.rank() != 4) {
            return Optional.empty();
        }
        DynamicCustomOp custom = (DynamicCustomOp) op.op();
        long[] settings = custom.iArgs();
        boolean known = settings.length > CHANNELS_LAST && settings[CHANNELS_LAST] == 0 && settings[PADDING] <= 1;
        Optional<WeightFormat> format = format(settings.length > WEIGHT_FORMAT ? settings[WEIGHT_FORMAT] : 0);
        if (!known || format.isEmpty()) {
            return Optional.empty();
        }
        return PlanarWindow.convolution(settings, images, features, format.get());
    }

    private static Optional<WeightFormat> format(long number) {
        return switch ((int) number) {
            case 0 -> Optional.of(WeightFormat.YXIO);
            case 1 -> Optional.of(WeightFormat.OIYX);
            case 2 -> Optional.of(WeightFormat.OYXI);
            default -> Optional.empty();
        };
    }
}
