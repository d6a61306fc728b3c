package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Dilation2D;

/** Rows of the table: poolings of lines, in space, and some of the plane; more of those stand in OpSpecs. */
final class PoolingSpecs {

    private PoolingSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                OpSpec.of("max pool of a line", "maxpool2d", PoolingSpecs::line, 2, 6),
                plane("max pool, dilated", "maxpool2d", plane(2, 2).dH(2).dW(1), 1, 5, 4),
                plane("average pool, dilated", "avgpool2d", plane(2, 2).dH(2).dW(1), 1, 5, 4),
                plane("average pool, padding counts", "avgpool2d", counting(), 1, 4, 5),
                // ND4J has no gradient of it.
                dilation("dilation", false, 2, 1),
                dilation("dilation SAME, rate 2", true, 1, 2),
                space("max pool 3d", "maxpool3dnew", space(2, 2, 2).sD(2).sH(2).sW(2), 1, 4, 2, 4),
                space(
                        "max pool 3d, overlap, padded",
                        "maxpool3dnew",
                        space(2, 2, 3).pW(1).sD(1),
                        1,
                        3,
                        3,
                        3),
                space("max pool 3d SAME", "maxpool3dnew", space(2, 2, 2).sD(2).isSameMode(true), 1, 3, 2, 3),
                space("max pool 3d NDHWC", "maxpool3dnew", space(2, 2, 1).isNCDHW(false), 3, 2, 2, 2),
                space(
                        "average pool 3d",
                        "avgpool3dnew",
                        space(2, 2, 2).sD(2).sH(2).sW(2),
                        1,
                        4,
                        2,
                        4),
                space(
                        "average pool 3d, overlap, padded",
                        "avgpool3dnew",
                        space(3, 2, 2).pD(1).sH(1),
                        1,
                        3,
                        3,
                        3),
                space(
                        "average pool 3d SAME",
                        "avgpool3dnew",
                        space(2, 2, 2).sD(2).isSameMode(true),
                        1,
                        3,
                        2,
                        3),
                space("average pool 3d NDHWC", "avgpool3dnew", space(2, 2, 1).isNCDHW(false), 3, 2, 2, 2));
    }

    private static Pooling2DConfig.Pooling2DConfigBuilder plane(int kH, int kW) {
        return Pooling2DConfig.builder().kH(kH).kW(kW);
    }

    private static Pooling2DConfig.Pooling2DConfigBuilder counting() {
        return plane(3, 2).pH(1).sW(2).type(Pooling2D.Pooling2DType.AVG).divisor(Pooling2D.Divisor.INCLUDE_PADDING);
    }

    private static Pooling3DConfig.Pooling3DConfigBuilder space(int kD, int kH, int kW) {
        return Pooling3DConfig.builder().kD(kD).kH(kH).kW(kW);
    }

    /** Pooling of [N, C, W] as users write it: SameDiff has none of its own. */
    private static SDVariable line(SameDiff sd, SDVariable x) {
        Pooling2DConfig config = plane(1, 2).sW(2).build();
        return sd.squeeze(sd.cnn().maxPooling2d(sd.expandDims(sd.math().tanh(x), 2), config), 2);
    }

    private static OpSpec plane(
            String label, String opName, Pooling2DConfig.Pooling2DConfigBuilder builder, long... shape) {
        Pooling2DConfig config = builder.build();
        return OpSpec.of(
                label,
                opName,
                (sd, x) -> opName.equals("maxpool2d")
                        ? sd.cnn().maxPooling2d(sd.math().tanh(x), config)
                        : sd.cnn().avgPooling2d(sd.math().tanh(x), config),
                shape);
    }

    private static OpSpec dilation(String label, boolean same, int stride, int rate) {
        int[] strides = {1, stride, 1, 1};
        int[] rates = {1, rate, 1, 1};
        return OpSpec.firstOrder(
                label,
                "dilation2d",
                (sd, x) ->
                        new Dilation2D(sd, x, OpSpecs.weight(sd, "k", 2, 3, 2), strides, rates, same).outputVariable(),
                5,
                4,
                2);
    }

    private static OpSpec space(
            String label, String opName, Pooling3DConfig.Pooling3DConfigBuilder builder, long... shape) {
        Pooling3DConfig config = builder.build();
        return OpSpec.of(
                label,
                opName,
                (sd, x) -> opName.equals("maxpool3dnew")
                        ? sd.cnn().maxPooling3d(sd.math().tanh(x), config)
                        : sd.cnn().avgPooling3d(sd.math().tanh(x), config),
                shape);
    }
}
