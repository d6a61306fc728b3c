package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Convolutions, with respect to the image. The adjoint of a convolution is {@code deconv2d} with the same weights: ND4J's
 * formats of the two agree, what is an output channel of one being an input channel of the other.
 */
final class ConvolutionRules {

    private static final int NHWC = 1;

    private ConvolutionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules("conv2d", OpKind.BILINEAR, Map.of(0, ConvolutionRules::conv2d))
                .rules("deconv2d", OpKind.BILINEAR, Map.of(0, ConvolutionRules::deconv2d));
    }

    private static SDVariable conv2d(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        boolean channelsLast = argument(context, 9) == NHWC;
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        int row = channelsLast ? 1 : 2;
        WindowGeometry geometry =
                WindowGeometry.of(context, in.dim(row), in.dim(row + 1), out.dim(row), out.dim(row + 1));
        SDVariable weights = kernelFirst(sd, context.input(1), argument(context, 10));
        SDVariable first = channelsLast ? sd.permute(ct, 0, 3, 1, 2) : ct;
        SDVariable image = geometry.adjoint(sd, first, weights);
        return channelsLast ? sd.permute(image, 0, 2, 3, 1) : image;
    }

    private static SDVariable deconv2d(VjpContext context, SDVariable ct) {
        boolean explicitFirst = argument(context, 8) == 0 && argument(context, 9) == 0 && argument(context, 10) == 0;
        if (!explicitFirst) {
            throw new IllegalArgumentException(context.describe()
                    + " has SAME padding, NHWC layout or another weight format; only explicit padding, NCHW and"
                    + " [kH, kW, oC, iC] are supported");
        }
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        // The convolution whose adjoint this is: its image is our output.
        WindowGeometry geometry = WindowGeometry.of(context, out.dim(2), out.dim(3), in.dim(2), in.dim(3));
        return context.graph().cnn().conv2d(ct, context.input(1), geometry.convolution());
    }

    /** ND4J's weight formats: 0 is [kH, kW, iC, oC], 1 is [oC, iC, kH, kW], 2 is [oC, kH, kW, iC]. */
    private static SDVariable kernelFirst(SameDiff sd, SDVariable weights, long format) {
        if (format == 0) {
            return weights;
        }
        return format == 1 ? sd.permute(weights, 2, 3, 1, 0) : sd.permute(weights, 1, 2, 3, 0);
    }

    private static long argument(VjpContext context, int index) {
        long[] arguments = context.integerArguments();
        return arguments.length > index ? arguments[index] : 0;
    }
}
