package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.SConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** Rows of the table: depthwise and separable convolutions. */
final class DepthwiseSpecs {

    private DepthwiseSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                depthwise("depthwise", config(3, 2), 1, 2, 4, 4),
                depthwise("depthwise, multiplier 2", config(2, 3), 2, 2, 4, 3),
                depthwise(
                        "depthwise, stride 2, padded",
                        config(3, 3).sH(2).sW(2).pH(1).pW(1),
                        1,
                        2,
                        6,
                        5),
                depthwise("depthwise, stride beyond kernel", config(1, 2).sH(2).sW(3), 2, 2, 4, 6),
                depthwise("depthwise, dilated", config(2, 2).dH(2).dW(3).pW(2), 1, 2, 4, 5),
                depthwise("depthwise SAME", same(3, 2).sH(2), 1, 2, 5, 4),
                depthwise("depthwise SAME, multiplier 2", same(2, 3).sW(2), 2, 1, 3, 4),
                depthwise("depthwise NHWC", config(3, 2).sW(2).dataFormat("NHWC"), 2, 4, 4, 2),
                OpSpec.firstOrder(
                        "depthwise weights OIYX",
                        "depthwise_conv2d",
                        (sd, x) -> formatted(sd, x, 1, 2, 2, 3, 2),
                        2,
                        4,
                        3),
                OpSpec.firstOrder(
                        "depthwise weights OYXI",
                        "depthwise_conv2d",
                        (sd, x) -> formatted(sd, x, 2, 2, 3, 2, 2),
                        2,
                        4,
                        3),
                separable("separable", config(3, 2), true, 2, 4, 4),
                separable(
                        "separable, stride 2, dilated, padded",
                        config(2, 3).sH(2).dW(2).pW(2),
                        true,
                        2,
                        5,
                        4),
                separable("separable SAME", same(3, 3).sH(2).sW(2), true, 2, 5, 4),
                separable("separable NHWC", config(2, 2).dataFormat("NHWC"), true, 3, 4, 2),
                separable("separable without points", config(2, 2), false, 2, 3, 4),
                OpSpec.firstOrder("separable weights OIYX", "sconv2d", DepthwiseSpecs::separableOutputsFirst, 2, 4, 3));
    }

    private static Conv2DConfig.Conv2DConfigBuilder config(int kH, int kW) {
        return Conv2DConfig.builder().kH(kH).kW(kW);
    }

    private static Conv2DConfig.Conv2DConfigBuilder same(int kH, int kW) {
        return config(kH, kW).paddingMode(PaddingMode.SAME);
    }

    private static long channels(Conv2DConfig config, long[] shape) {
        return config.getDataFormat().equals("NCHW") ? shape[0] : shape[2];
    }

    private static OpSpec depthwise(
            String label, Conv2DConfig.Conv2DConfigBuilder builder, int multiplier, long... shape) {
        Conv2DConfig config = builder.build();
        long channels = channels(config, shape);
        return OpSpec.of(
                label,
                "depthwise_conv2d",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .depthWiseConv2d(
                                        x,
                                        OpSpecs.weight(sd, "k", config.getKH(), config.getKW(), channels, multiplier),
                                        OpSpecs.weight(sd, "b", channels * multiplier),
                                        config)),
                shape);
    }

    private static SDVariable formatted(SameDiff sd, SDVariable x, int format, long... weights) {
        SDVariable[] inputs = {x, OpSpecs.weight(sd, "k", weights)};
        return ConvolutionSpecs.formatted(
                sd, new DepthwiseConv2D(sd, inputs, config(3, 2).build()), format);
    }

    private static SDVariable separableOutputsFirst(SameDiff sd, SDVariable x) {
        Conv2DConfig config = config(3, 2).weightsFormat(WeightsFormat.OIYX).build();
        SDVariable[] inputs = {x, OpSpecs.weight(sd, "k", 2, 2, 3, 2), OpSpecs.weight(sd, "p", 3, 4, 1, 1)};
        return sd.math().tanh(new SConv2D(sd, inputs, config).outputVariable());
    }

    private static OpSpec separable(
            String label, Conv2DConfig.Conv2DConfigBuilder builder, boolean points, long... shape) {
        Conv2DConfig config = builder.build();
        long channels = channels(config, shape);
        return OpSpec.of(
                label,
                "sconv2d",
                (sd, x) -> {
                    SDVariable depth = OpSpecs.weight(sd, "k", config.getKH(), config.getKW(), channels, 2);
                    SDVariable bias = OpSpecs.weight(sd, "b", points ? 3 : 2 * channels);
                    SDVariable[] inputs = points
                            ? new SDVariable[] {x, depth, OpSpecs.weight(sd, "p", 1, 1, 2 * channels, 3), bias}
                            : new SDVariable[] {x, depth, bias};
                    return sd.math().tanh(new SConv2D(sd, inputs, config).outputVariable());
                },
                shape);
    }
}
