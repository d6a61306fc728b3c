package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.jacobian.Jacobian;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** Convolutions and poolings of any stride, padding, dilation and size: the reverse sweep is the adjoint of the forward one. */
class WindowGeometryProperties {

    @Property(tries = 60, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void convolution(
            @ForAll @IntRange(min = 3, max = 9) int height,
            @ForAll @IntRange(min = 3, max = 9) int width,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(max = 2) int padding,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll boolean same) {
        int span = (kernel - 1) * dilation + 1;
        Assume.that(same || span <= Math.min(height, width) + 2 * padding);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, height, width);
        SDVariable weights = sd.var("w", OpSpec.random(new Random(1), -1, 1, kernel, kernel, 2, 3));
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .pH(same ? 0 : padding)
                .pW(same ? 0 : padding)
                .dH(dilation)
                .dW(dilation)
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .build();
        assertAdjoint(sd, sd.cnn().conv2d(x, weights, config), height, width);
    }

    @Property(tries = 60, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void pooling(
            @ForAll @IntRange(min = 3, max = 9) int height,
            @ForAll @IntRange(min = 3, max = 9) int width,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(max = 1) int padding,
            @ForAll boolean same,
            @ForAll boolean maximum) {
        Assume.that(same || padding < kernel);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, height, width);
        Pooling2DConfig config = Pooling2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .pH(same ? 0 : padding)
                .pW(same ? 0 : padding)
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .build();
        SDVariable pooled =
                maximum ? sd.cnn().maxPooling2d(x, config) : sd.cnn().avgPooling2d(x, config);
        assertAdjoint(sd, pooled, height, width);
    }

    /** {@code <v, J u> = <J^T v, u>}, the left side by differences: the maps are linear, or piecewise so, hence the step is free. */
    private static void assertAdjoint(SameDiff sd, SDVariable out, int height, int width) {
        INDArray x = OpSpec.random(new Random(2), -1, 1, 2, 2, height, width);
        INDArray y = sd.outputSingle(Map.of("x", x), out.name());
        long features = y.length() / 2;
        sd.reshape("y", out, -1, features);
        INDArray u = OpSpec.random(new Random(3), -1, 1, x.shape());
        INDArray v = OpSpec.random(new Random(4), -1, 1, 2, features);
        // Small enough that no maximum changes place: the values are 1/400 apart on average.
        double h = 1e-7;
        INDArray above = sd.outputSingle(Map.of("x", x.add(u.mul(h))), "y").dup();
        INDArray below = sd.outputSingle(Map.of("x", x.sub(u.mul(h))), "y").dup();
        double forward = above.sub(below).divi(2 * h).mul(v).sumNumber().doubleValue();
        INDArray pulled = Jacobian.builder(sd).input("x").logits("y").build().vjp(x, v);
        double reverse = pulled.mul(u).sumNumber().doubleValue();
        assertThat(pulled.shape()).isEqualTo(x.shape());
        // Rounding of a difference over 2e-7: about 1e-16 * |y| * features / 2e-7.
        assertThat(reverse).isCloseTo(forward, org.assertj.core.data.Offset.offset(1e-6 * (1 + Math.abs(forward))));
    }
}
