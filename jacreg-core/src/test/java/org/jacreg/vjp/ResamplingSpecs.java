package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.ImageResizeMethod;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.image.ResizeBilinear;
import org.nd4j.linalg.api.ops.impl.image.ResizeNearestNeighbor;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of the table: upsampling, resizing and windows unfolded. ND4J has no gradient of resizing and patches. */
final class ResamplingSpecs {

    private ResamplingSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                // ND4J's own gradient of it is wrong, without an error.
                OpSpec.firstOrder(
                        "upsampling NHWC",
                        "upsampling2d",
                        (sd, x) -> tanh(sd, sd.cnn().upsampling2d(x, 2, 3, false)),
                        2,
                        3,
                        2),
                OpSpec.of(
                        "upsampling 3d",
                        "upsampling3d",
                        (sd, x) -> tanh(sd, sd.cnn().upsampling3d(x, true, 2, 1, 3)),
                        2,
                        1,
                        2,
                        2),
                OpSpec.of(
                        "im2col",
                        "im2col",
                        (sd, x) -> tanh(sd, sd.cnn().im2Col(x, window().pH(1).build())),
                        2,
                        4,
                        4),
                OpSpec.of(
                        "im2col SAME",
                        "im2col",
                        (sd, x) -> tanh(
                                sd,
                                sd.cnn()
                                        .im2Col(
                                                x,
                                                window().paddingMode(PaddingMode.SAME)
                                                        .build())),
                        1,
                        5,
                        3),
                OpSpec.firstOrder(
                        "image patches",
                        "extract_image_patches",
                        (sd, x) -> tanh(sd, sd.cnn().extractImagePatches(x, 2, 3, 2, 1, 1, 1, false)),
                        5,
                        4,
                        2),
                OpSpec.firstOrder(
                        "image patches SAME, dilated",
                        "extract_image_patches",
                        (sd, x) -> tanh(sd, sd.cnn().extractImagePatches(x, 2, 3, 2, 1, 2, 1, true)),
                        5,
                        4,
                        2),
                bilinear("bilinear", 5, 3, false, false),
                bilinear("bilinear, corners aligned", 2, 6, true, false),
                bilinear("bilinear, half pixel centres", 5, 7, false, true),
                OpSpec.firstOrder(
                        "nearest neighbour",
                        "resize_nearest_neighbor",
                        (sd, x) -> imported(sd, x, new ResizeNearestNeighbor(), size(sd, 5, 3), false, false),
                        3,
                        4,
                        2),
                OpSpec.firstOrder(
                        "image resize, nearest",
                        "image_resize",
                        (sd, x) -> tanh(
                                sd,
                                sd.image()
                                        .imageResize(x, size(sd, 5, 2), false, false, ImageResizeMethod.ResizeNearest)),
                        3,
                        4,
                        2));
    }

    private static SDVariable tanh(SameDiff sd, SDVariable x) {
        return sd.math().tanh(x);
    }

    private static SDVariable size(SameDiff sd, int height, int width) {
        return sd.constant(Nd4j.createFromArray(height, width));
    }

    private static Conv2DConfig.Conv2DConfigBuilder window() {
        return Conv2DConfig.builder().kH(2).kW(3).sH(2);
    }

    private static OpSpec bilinear(String label, int height, int width, boolean corners, boolean halfPixel) {
        return OpSpec.firstOrder(
                label,
                "resize_bilinear",
                (sd, x) -> imported(sd, x, new ResizeBilinear(), size(sd, height, width), corners, halfPixel),
                3,
                4,
                2);
    }

    /** As an import makes it: a graph with what the constructors make can be neither copied nor saved, or there is none. */
    private static SDVariable imported(
            SameDiff sd, SDVariable x, DynamicCustomOp op, SDVariable size, boolean... arguments) {
        op.setSameDiff(sd);
        op.setOwnName("resized");
        sd.addArgsFor(new SDVariable[] {x, size}, op);
        op.addBArgument(arguments);
        return tanh(sd, op.outputVariable());
    }
}
