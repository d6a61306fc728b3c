package org.jacreg.vjp;

import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Convolutions and transposed convolutions of one to three spatial axes, with respect to image, weights and bias.
 *
 * <p>A convolution is linear in each; its adjoints are those of {@link WindowGeometry}. A transposed convolution is the
 * adjoint of a convolution whose image is its output and whose positions are its input, so its own adjoints are that
 * convolution and, for the weights, the same correlation of image and positions as ever.
 */
final class ConvolutionRules {

    private ConvolutionRules() {}

    static void register(VjpRules.Builder rules) {
        for (String name : new String[] {"conv1d", "conv2d", "conv3dnew"}) {
            rules.rules(
                    name,
                    OpKind.BILINEAR,
                    Map.of(
                            0, ConvolutionRules::image,
                            1, ConvolutionRules::weights,
                            2, ConvolutionRules::bias));
        }
        for (String name : new String[] {"deconv2d", "deconv3d"}) {
            rules.rules(
                    name,
                    OpKind.BILINEAR,
                    Map.of(
                            0, ConvolutionRules::transposedImage,
                            1, ConvolutionRules::transposedWeights,
                            2, ConvolutionRules::bias));
        }
    }

    private static SDVariable image(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        Layout layout = layout(context);
        WindowGeometry geometry = WindowGeometry.of(context, context.inputSpec(0), context.outputSpec(), layout);
        SDVariable kernel = format(context, layout).spaceFirst(sd, context.input(1));
        return layout.back(sd, geometry.adjoint(sd, layout.first(sd, ct), kernel));
    }

    private static SDVariable weights(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        Layout layout = layout(context);
        context.requireUnstacked(1);
        WindowGeometry geometry = WindowGeometry.of(context, context.inputSpec(0), context.outputSpec(), layout);
        SDVariable image = layout.first(sd, context.input(0));
        return format(context, layout).fromChannelsFirst(sd, geometry.weightsAdjoint(sd, image, layout.first(sd, ct)));
    }

    private static SDVariable transposedImage(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        Layout layout = layout(context);
        WindowGeometry geometry = WindowGeometry.of(context, context.outputSpec(), context.inputSpec(0), layout);
        SDVariable kernel = format(context, layout).spaceFirst(sd, context.input(1));
        return layout.back(sd, geometry.convolve(sd, layout.first(sd, ct), kernel));
    }

    private static SDVariable transposedWeights(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        Layout layout = layout(context);
        context.requireUnstacked(1);
        WindowGeometry geometry = WindowGeometry.of(context, context.outputSpec(), context.inputSpec(0), layout);
        SDVariable positions = layout.first(sd, context.input(0));
        return format(context, layout)
                .fromChannelsFirst(sd, geometry.weightsAdjoint(sd, layout.first(sd, ct), positions));
    }

    private static SDVariable bias(VjpContext context, SDVariable ct) {
        context.requireUnstacked(2);
        return sumPerChannel(context, ct, layout(context), context.inputSpec(2));
    }

    /** The adjoint of adding a bias to every element of a channel. */
    static SDVariable sumPerChannel(VjpContext context, SDVariable ct, Layout layout, TensorSpec bias) {
        int[] others = IntStream.range(0, layout.space() + 2)
                .filter(axis -> axis != layout.channels())
                .toArray();
        return context.graph().reshape(context.graph().sum(ct, others), bias.toArray());
    }

    private static Layout layout(VjpContext context) {
        int space = context.inputSpec(0).rank() - 2;
        return new Layout(space, argument(context, 4 * space + 1) == 1);
    }

    private static KernelFormat format(VjpContext context, Layout layout) {
        return new KernelFormat(layout.space(), argument(context, 4 * layout.space() + 2));
    }

    static long argument(VjpContext context, int index) {
        long[] arguments = context.integerArguments();
        return arguments.length > index ? arguments[index] : 0;
    }
}
