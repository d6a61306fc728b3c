package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.WindowGeometry.Axis;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolutions of every channel with windows of its own, {@code y[n, c*m + j] = x[n, c] * w[:, :, c, j]}, and separable ones,
 * which follow that with a 1 x 1 convolution.
 *
 * <p>A dense kernel with zeros between channels would do the adjoints at C times the cost. Both adjoints are depthwise
 * convolutions again: by the image, of the cotangent with the window turned round, zeros standing between and around its
 * elements; by the window, of the image with the cotangent as window, every sample counting as so many channels more.
 */
final class DepthwiseRules {

    private DepthwiseRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules(
                        "depthwise_conv2d",
                        OpKind.BILINEAR,
                        Map.of(
                                0, (context, ct) -> depthwise(context).image(ct),
                                1, (context, ct) -> depthwise(context).weights(ct),
                                2, DepthwiseRules::bias))
                .rules(
                        "sconv2d",
                        OpKind.BILINEAR,
                        Map.of(
                                0,
                                (context, ct) -> depthwise(context).image(throughPoints(context, ct)),
                                1,
                                (context, ct) -> depthwise(context).weights(throughPoints(context, ct)),
                                2,
                                DepthwiseRules::pointsOrBias,
                                3,
                                DepthwiseRules::bias));
    }

    private static Depthwise depthwise(VjpContext context) {
        return new Depthwise(context, layout(context));
    }

    /** From the cotangent of a separable convolution to that of its depthwise part, in the op's own layout. */
    private static SDVariable throughPoints(VjpContext context, SDVariable ct) {
        if (!hasPoints(context)) {
            return ct;
        }
        Layout layout = layout(context);
        SameDiff sd = context.graph();
        SDVariable kernel = format(context).spaceFirst(sd, context.input(2));
        return layout.back(sd, points(context, layout).adjoint(sd, layout.first(sd, ct), kernel));
    }

    private static SDVariable pointsOrBias(VjpContext context, SDVariable ct) {
        if (!hasPoints(context)) {
            return bias(context, ct);
        }
        context.requireUnstacked(2);
        Layout layout = layout(context);
        SameDiff sd = context.graph();
        SDVariable image = depthwise(context).forward();
        SDVariable kernel = points(context, layout).weightsAdjoint(sd, image, layout.first(sd, ct));
        return format(context).fromChannelsFirst(sd, kernel);
    }

    private static WindowGeometry points(VjpContext context, Layout layout) {
        TensorSpec out = context.outputSpec();
        return WindowGeometry.points(out.dim(layout.firstSpace()), out.dim(layout.firstSpace() + 1));
    }

    private static SDVariable bias(VjpContext context, SDVariable ct) {
        int input = context.inputCount() - 1;
        context.requireUnstacked(input);
        return ConvolutionRules.sumPerChannel(context, ct, layout(context), context.inputSpec(input));
    }

    /** The third input is the 1 x 1 kernel or, where there is none, the bias. */
    private static boolean hasPoints(VjpContext context) {
        return context.inputCount() > 2 && context.inputSpec(2).rank() == 4;
    }

    private static Layout layout(VjpContext context) {
        return new Layout(2, ConvolutionRules.argument(context, 9) == 1);
    }

    private static KernelFormat format(VjpContext context) {
        return new KernelFormat(2, ConvolutionRules.argument(context, 10));
    }

    /** A depthwise convolution by the input 1 of an op. */
    private record Depthwise(VjpContext context, Layout layout) {

        SameDiff sd() {
            return context.graph();
        }

        WindowGeometry geometry() {
            return WindowGeometry.of(context, context.inputSpec(0), context.outputSpec(), layout);
        }

        long channels() {
            return context.inputSpec(0).dim(layout.channels());
        }

        long multiplier() {
            TensorSpec weights = context.inputSpec(1);
            return weights.dim(format(context).number() == 0 ? 3 : 0);
        }

        /** {@code [kH, kW, C, m]}. */
        SDVariable kernel() {
            return format(context).spaceFirst(sd(), context.input(1));
        }

        /** {@code [N, C*m, oH, oW]}. */
        SDVariable forward() {
            SDVariable span = geometry().toSpan(sd(), layout.first(sd(), context.input(0)));
            return convolve(geometry(), span, kernel());
        }

        SDVariable image(SDVariable ct) {
            WindowGeometry geometry = geometry();
            long multiplied = channels() * multiplier();
            SDVariable spaced = zerosBetween(layout.first(sd(), ct), geometry, multiplied);
            // Element i of the image meets tap t at i + padding - t * dilation of the spaced cotangent.
            SDVariable around = WindowGeometry.fit(
                    sd(),
                    spaced,
                    geometry.onSpace(axis -> axis.reach() - 1 - axis.padding()),
                    geometry.onSpace(axis -> axis.size() + axis.padding() - axis.outputs() * axis.stride()));
            SDVariable image = convolve(geometry.atUnitStride(), around, turned(geometry, multiplied));
            return layout.back(sd(), sumOverMultiplier(image, geometry));
        }

        SDVariable weights(SDVariable ct) {
            context.requireUnstacked(1);
            WindowGeometry geometry = geometry();
            SDVariable span = geometry.toSpan(sd(), layout.first(sd(), context.input(0)));
            SDVariable samplesAsChannels = sd().reshape(span, geometry.shape(Axis::span, 1, -1));
            long[] split = geometry.shape(Axis::outputs, -1, multiplier());
            SDVariable window = sd().permute(sd().reshape(layout.first(sd(), ct), split), 2, 3, 0, 1);
            SDVariable perSample = convolve(geometry.swapped(), samplesAsChannels, window);
            SDVariable open = sd().reshape(perSample, geometry.shape(Axis::kernel, -1, channels(), multiplier()));
            return format(context).fromChannelsFirst(sd(), sd().sum(open, 0));
        }

        private SDVariable zerosBetween(SDVariable ct, WindowGeometry geometry, long multiplied) {
            Axis row = geometry.axes().get(0);
            Axis column = geometry.axes().get(1);
            if (row.stride() == 1 && column.stride() == 1) {
                return ct;
            }
            SDVariable open = sd().reshape(ct, -1, row.outputs(), 1, column.outputs(), 1);
            SDVariable padded =
                    EdgeRules.pad(sd(), open, new long[5], new long[] {0, 0, row.stride() - 1, 0, column.stride() - 1});
            return sd().reshape(
                            padded, -1, multiplied, row.outputs() * row.stride(), column.outputs() * column.stride());
        }

        /** The windows turned round, {@code [kH, kW, C*m, 1]}: a product with the reversing permutation turns the taps. */
        private SDVariable turned(WindowGeometry geometry, long multiplied) {
            long taps = geometry.taps();
            DataType type = context.inputSpec(1).dataType();
            INDArray reversal = Nd4j.create(type, taps, taps);
            for (long tap = 0; tap < taps; tap++) {
                reversal.putScalar(tap, taps - 1 - tap, 1);
            }
            SDVariable flat = sd().mmul(sd().constant(reversal), sd().reshape(kernel(), taps, multiplied));
            return sd().reshape(
                            flat,
                            geometry.axes().get(0).kernel(),
                            geometry.axes().get(1).kernel(),
                            multiplied,
                            1);
        }

        private SDVariable sumOverMultiplier(SDVariable image, WindowGeometry geometry) {
            if (multiplier() == 1) {
                return image;
            }
            long[] open = geometry.shape(Axis::size, -1, channels(), multiplier());
            return sd().sum(sd().reshape(image, open), 2);
        }

        private SDVariable convolve(WindowGeometry geometry, SDVariable image, SDVariable kernel) {
            return sd().cnn()
                    .depthWiseConv2d(
                            image,
                            kernel,
                            WindowGeometry.planar(
                                    geometry.axes().get(0), geometry.axes().get(1), axis -> 0));
        }
    }
}
