package org.jacreg.vjp;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;

/**
 * How a window slides over an image, for convolutions and poolings in NCHW layout.
 *
 * @param height along the rows
 * @param width along the columns
 */
record WindowGeometry(Axis height, Axis width) {

    /**
     * One spatial axis.
     *
     * @param size size of the image
     * @param outputs number of window positions
     * @param kernel taps of the window
     * @param stride step between positions
     * @param padding zeros before the first element
     * @param dilation distance between taps
     */
    record Axis(long size, long outputs, long kernel, long stride, long padding, long dilation) {

        /** The span from the first tap of the first window to the last tap of the last. */
        long span() {
            return (outputs - 1) * stride + (kernel - 1) * dilation + 1;
        }

        /** How far the span, cut by the padding on both sides, falls short of the image; negative where it sticks out. */
        long shortfall() {
            return size - (span() - 2 * padding);
        }

        /** How far the image reaches beyond the span; negative where the span reaches beyond the image. */
        long beyondSpan() {
            return size - (span() - padding);
        }

        boolean tiles() {
            return padding == 0 && dilation == 1 && kernel == stride && outputs * kernel == size;
        }
    }

    /**
     * Reads the geometry off the first nine integer arguments that ND4J's 2d convolutions and poolings share: kernel,
     * stride, padding, dilation (rows then columns each) and the padding mode.
     */
    static WindowGeometry of(VjpContext context, long inH, long inW, long outH, long outW) {
        long[] a = context.integerArguments();
        if (a[8] > 1) {
            throw new IllegalArgumentException(
                    context.describe() + " has padding mode " + a[8] + "; explicit (0) and SAME (1) are supported");
        }
        boolean same = a[8] == 1;
        return new WindowGeometry(
                axis(inH, outH, a[0], a[2], a[4], a[6], same), axis(inW, outW, a[1], a[3], a[5], a[7], same));
    }

    private static Axis axis(
            long size, long outputs, long kernel, long stride, long padding, long dilation, boolean same) {
        if (!same) {
            return new Axis(size, outputs, kernel, stride, padding, dilation);
        }
        // SAME puts the smaller half of the padding in front.
        long total = (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size;
        return new Axis(size, outputs, kernel, stride, Math.max(total, 0) / 2, dilation);
    }

    /** Whether windows neither overlap nor leave anything out. */
    boolean tiles() {
        return height.tiles() && width.tiles();
    }

    long taps() {
        return height.kernel() * width.kernel();
    }

    /** The convolution of this geometry with explicit padding; it may see a few zeros less at the end than SAME does. */
    Conv2DConfig convolution() {
        return Conv2DConfig.builder()
                .kH(height.kernel())
                .kW(width.kernel())
                .sH(height.stride())
                .sW(width.stride())
                .pH(height.padding())
                .pW(width.padding())
                .dH(height.dilation())
                .dW(width.dilation())
                .build();
    }

    /**
     * The adjoint of the convolution with respect to its image.
     *
     * <p>{@code deconv2d} without padding gives it for the whole span of the windows, of which the image is the part behind
     * the padding; an image that reaches beyond the span never met an output there, so its cotangent is zero. Where the
     * windows reach the padded end, {@code deconv2d} itself can cut the padding off. (With the strides not dividing evenly it
     * would cut off rows that belong to the image: 8x8, kernel 3, stride 2, padding 1 gives 7.)
     *
     * @param sd the graph
     * @param cotangent {@code [M, oC, oH, oW]}
     * @param weights {@code [kH, kW, iC, oC]}
     * @return {@code [M, iC, H, W]}
     */
    SDVariable adjoint(SameDiff sd, SDVariable cotangent, SDVariable weights) {
        boolean reachesEnd = height.shortfall() <= 0 && width.shortfall() <= 0;
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(height.kernel())
                .kW(width.kernel())
                .sH(height.stride())
                .sW(width.stride())
                .pH(reachesEnd ? height.padding() : 0)
                .pW(reachesEnd ? width.padding() : 0)
                .dH(height.dilation())
                .dW(width.dilation())
                .isSameMode(false)
                .build();
        SDVariable image = sd.cnn().deconv2d(cotangent, weights, config);
        if (reachesEnd) {
            return EdgeRules.cut(sd, image, new long[4], new long[] {0, 0, -height.shortfall(), -width.shortfall()});
        }
        long[] front = {0, 0, height.padding(), width.padding()};
        long[] beyond = {0, 0, height.beyondSpan(), width.beyondSpan()};
        SDVariable behindPadding = EdgeRules.cut(sd, image, front, negativePart(beyond));
        return EdgeRules.pad(sd, behindPadding, new long[4], positivePart(beyond));
    }

    private static long[] positivePart(long[] values) {
        return Arrays.stream(values).map(value -> Math.max(value, 0)).toArray();
    }

    private static long[] negativePart(long[] values) {
        return Arrays.stream(values).map(value -> Math.max(-value, 0)).toArray();
    }
}
