package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** Rows of the table: convolutions, poolings and resampling. */
final class ConvolutionSpecs {

    private ConvolutionSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(alongALine());
        rows.addAll(inThePlane());
        rows.addAll(inSpace());
        rows.addAll(transposed());
        rows.addAll(DepthwiseSpecs.rows());
        rows.addAll(PoolingSpecs.rows());
        rows.addAll(ResamplingSpecs.rows());
        return rows;
    }

    private static List<OpSpec> alongALine() {
        return List.of(
                line("conv1d", Conv1DConfig.builder().k(3).paddingMode(PaddingMode.VALID), 2, 6),
                line("conv1d, stride", Conv1DConfig.builder().k(3).s(2).p(1).paddingMode(PaddingMode.VALID), 2, 8),
                line("conv1d SAME", Conv1DConfig.builder().k(4).s(2).paddingMode(PaddingMode.SAME), 1, 7),
                line("conv1d CAUSAL", Conv1DConfig.builder().k(3).paddingMode(PaddingMode.CAUSAL), 2, 5),
                line("conv1d CAUSAL, dilated, stride", causal().k(2).d(2).s(2), 1, 7),
                line("conv1d, dilated", Conv1DConfig.builder().k(2).d(2).paddingMode(PaddingMode.VALID), 2, 6),
                line("conv1d NWC", causal().k(2).dataFormat(Conv1DConfig.NWC), 5, 2));
    }

    private static Conv1DConfig.Conv1DConfigBuilder causal() {
        return Conv1DConfig.builder().paddingMode(PaddingMode.CAUSAL);
    }

    private static OpSpec line(String label, Conv1DConfig.Conv1DConfigBuilder builder, long... shape) {
        Conv1DConfig config = builder.build();
        long channels = config.isNWC() ? shape[1] : shape[0];
        return OpSpec.of(
                label,
                "conv1d",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .conv1d(
                                        x,
                                        OpSpecs.weight(sd, "k", config.getK(), channels, 2),
                                        OpSpecs.weight(sd, "b", 2),
                                        config)),
                shape);
    }

    private static List<OpSpec> inThePlane() {
        Conv2DConfig last = Conv2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(2)
                .dW(2)
                .dataFormat("NHWC")
                .build();
        Conv2DConfig causal = Conv2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(2)
                .paddingMode(PaddingMode.CAUSAL)
                .build();
        return List.of(
                OpSpec.of(
                        "conv2d NHWC, stride, dilated, bias",
                        "conv2d",
                        (sd, x) -> sd.math()
                                .tanh(sd.cnn()
                                        .conv2d(
                                                x,
                                                OpSpecs.weight(sd, "k", 3, 2, 2, 3),
                                                OpSpecs.weight(sd, "b", 3),
                                                last)),
                        6,
                        5,
                        2),
                OpSpec.of(
                        "conv2d CAUSAL",
                        "conv2d",
                        (sd, x) -> sd.math().tanh(sd.cnn().conv2d(x, OpSpecs.weight(sd, "k", 3, 2, 1, 2), causal)),
                        1,
                        5,
                        4));
    }

    private static List<OpSpec> inSpace() {
        return List.of(
                space("conv3d", channelsFirst().kD(2).kH(3).kW(1), 2, 3, 4, 2),
                space(
                        "conv3d, stride",
                        channelsFirst().kD(2).kH(3).kW(2).sD(2).sH(2).pH(1),
                        1,
                        4,
                        5,
                        3),
                space("conv3d, dilated", channelsFirst().kD(2).kH(1).kW(2).dD(2).dW(2), 1, 4, 2, 4),
                space("conv3d SAME", channelsFirst().kD(2).kH(3).kW(2).sW(2).paddingMode(PaddingMode.SAME), 1, 3, 3, 3),
                space("conv3d NDHWC", Conv3DConfig.builder().kD(2).kH(2).kW(1), 3, 3, 2, 2),
                OpSpec.firstOrder(
                        "conv3d weights ODHWI", "conv3dnew", (sd, x) -> volume(sd, x, 2, 2, 2, 1, 2, 2), 2, 3, 2, 3),
                OpSpec.firstOrder(
                        "conv3d weights OIDHW", "conv3dnew", (sd, x) -> volume(sd, x, 1, 2, 2, 2, 1, 2), 2, 3, 2, 3));
    }

    private static Conv3DConfig.Conv3DConfigBuilder channelsFirst() {
        return Conv3DConfig.builder().dataFormat(Conv3DConfig.NCDHW);
    }

    /** Another weight format than ND4J's class can ask for; its gradient op would not know of it. */
    private static SDVariable volume(SameDiff sd, SDVariable x, int format, long... weights) {
        Conv3DConfig config = channelsFirst().kD(2).kH(1).kW(2).build();
        return formatted(sd, new Conv3D(sd, new SDVariable[] {x, OpSpecs.weight(sd, "k", weights)}, config), format);
    }

    static SDVariable formatted(SameDiff sd, DynamicCustomOp op, int format) {
        op.addIArgument(format);
        return sd.math().tanh(op.outputVariable());
    }

    private static OpSpec space(String label, Conv3DConfig.Conv3DConfigBuilder builder, long... shape) {
        Conv3DConfig config = builder.build();
        long channels = config.isNCDHW() ? shape[0] : shape[3];
        return OpSpec.of(
                label,
                "conv3dnew",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .conv3d(
                                        x,
                                        OpSpecs.weight(
                                                sd, "k", config.getKD(), config.getKH(), config.getKW(), channels, 2),
                                        OpSpecs.weight(sd, "b", 2),
                                        config)),
                shape);
    }

    private static List<OpSpec> transposed() {
        return List.of(
                plane(
                        "deconv2d SAME",
                        DeConv2DConfig.builder().kH(3).kW(2).sH(2).sW(2).isSameMode(true),
                        2,
                        3,
                        2),
                plane(
                        "deconv2d SAME, small kernel",
                        DeConv2DConfig.builder().kH(1).kW(2).sH(2).sW(3).isSameMode(true),
                        1,
                        2,
                        2),
                plane(
                        "deconv2d, dilated",
                        DeConv2DConfig.builder().kH(2).kW(3).dH(2).pW(1),
                        1,
                        3,
                        3),
                plane(
                        "deconv2d NHWC",
                        DeConv2DConfig.builder().kH(3).kW(2).sH(2).dataFormat("NHWC"),
                        3,
                        2,
                        2),
                OpSpec.firstOrder("deconv2d weights IOYX", "deconv2d", (sd, x) -> back(sd, x, 1, 2, 3, 3, 2), 2, 2, 3),
                OpSpec.firstOrder("deconv2d weights IYXO", "deconv2d", (sd, x) -> back(sd, x, 2, 2, 3, 2, 3), 2, 2, 3),
                solid("deconv3d", DeConv3DConfig.builder().kD(2).kH(1).kW(2).sD(2), 2, 2, 2, 3),
                solid(
                        "deconv3d, padded",
                        DeConv3DConfig.builder().kD(3).kH(2).kW(2).sH(2).pD(1).dW(2),
                        1,
                        2,
                        3,
                        2),
                solid(
                        "deconv3d SAME",
                        DeConv3DConfig.builder().kD(3).kH(2).kW(1).sD(2).isSameMode(true),
                        1,
                        2,
                        3,
                        2),
                solid(
                        "deconv3d NDHWC",
                        DeConv3DConfig.builder().kD(2).kH(2).kW(1).sH(2).dataFormat("NDHWC"),
                        2,
                        2,
                        3,
                        2));
    }

    private static SDVariable back(SameDiff sd, SDVariable x, int format, long... weights) {
        DeConv2DConfig config = DeConv2DConfig.builder().kH(3).kW(2).sH(2).build();
        return formatted(sd, new DeConv2D(sd, new SDVariable[] {x, OpSpecs.weight(sd, "k", weights)}, config), format);
    }

    private static OpSpec plane(String label, DeConv2DConfig.DeConv2DConfigBuilder builder, long... shape) {
        DeConv2DConfig config = builder.build();
        long channels = config.getDataFormat().equals("NCHW") ? shape[0] : shape[2];
        return OpSpec.of(
                label,
                "deconv2d",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .deconv2d(
                                        x,
                                        OpSpecs.weight(sd, "k", config.getKH(), config.getKW(), 3, channels),
                                        OpSpecs.weight(sd, "b", 3),
                                        config)),
                shape);
    }

    private static OpSpec solid(String label, DeConv3DConfig.DeConv3DConfigBuilder builder, long... shape) {
        DeConv3DConfig config = builder.build();
        long channels = config.getDataFormat().equals("NCDHW") ? shape[0] : shape[3];
        return OpSpec.of(
                label,
                "deconv3d",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .deconv3d(
                                        x,
                                        OpSpecs.weight(
                                                sd, "k", config.getKD(), config.getKH(), config.getKW(), 3, channels),
                                        OpSpecs.weight(sd, "b", 3),
                                        config)),
                shape);
    }
}
