package org.jacreg.vjp;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;

/**
 * How a window slides over an image of two or three spatial axes, for convolutions and poolings with the channels first. One
 * spatial axis counts as two, of which the first has one row.
 *
 * <p>Three maps belong to a window: the convolution, its adjoint with respect to the image and its adjoint with respect to
 * the weights. Each is made of one convolution or transposed convolution without padding over the <i>span</i> of the window
 * (from the first tap of its first position to the last tap of its last), and of zeros put around the image, or edges cut
 * off, to fit image and span. Where the op's own padding says the same, it is used: that saves a copy.
 *
 * @param axes the spatial axes
 */
record WindowGeometry(List<Axis> axes) {

    /** The padding modes of ND4J: explicit, SAME and CAUSAL. */
    private static final int EXPLICIT = 0;

    private static final int SAME = 1;
    private static final int CAUSAL = 2;

    WindowGeometry {
        axes = List.copyOf(axes);
    }

    /**
     * One spatial axis.
     *
     * @param size size of the image
     * @param outputs number of window positions
     * @param kernel taps of the window
     * @param stride step between positions
     * @param padding zeros before the first element; negative if the window starts behind it
     * @param dilation distance between taps
     */
    record Axis(long size, long outputs, long kernel, long stride, long padding, long dilation) {

        static final Axis SINGLE = new Axis(1, 1, 1, 1, 0, 1);

        /** The axis of an op with one of ND4J's padding modes. */
        static Axis of(long mode, long size, long outputs, long kernel, long stride, long padding, long dilation) {
            Axis explicit = new Axis(size, outputs, kernel, stride, padding, dilation);
            if (mode == EXPLICIT) {
                return explicit;
            }
            // SAME puts the smaller half of the padding in front, a negative one where strides leap over more than the
            // kernel spans; CAUSAL puts all of it there.
            long front = mode == SAME ? (explicit.span() - size) / 2 : (kernel - 1) * dilation;
            return new Axis(size, outputs, kernel, stride, front, dilation);
        }

        /** The distance from the first tap of a window to behind its last. */
        long reach() {
            return (kernel - 1) * dilation + 1;
        }

        /** The distance from the first tap of the first window to behind the last tap of the last. */
        long span() {
            return (outputs - 1) * stride + reach();
        }

        /** How far the span, cut by the padding on both sides, falls short of the image; negative where it sticks out. */
        long shortfall() {
            return size - (span() - 2 * padding);
        }

        /** How far the image reaches beyond the span; negative where the span reaches beyond the image. */
        long beyondSpan() {
            return size - (span() - padding);
        }

        /** The zeros at the end that a convolution with equal padding on both sides lacks. */
        long missing() {
            return Math.max(-shortfall(), 0);
        }

        /** Whether a convolution with equal padding on both sides, after adding what is missing, has no position too many. */
        boolean symmetric() {
            return padding >= 0 && (size + missing() + 2 * padding - reach()) / stride + 1 == outputs;
        }

        boolean tiles() {
            return padding == 0 && dilation == 1 && kernel == stride && outputs * kernel == size;
        }
    }

    /**
     * Reads the geometry off the integer arguments that ND4J's convolutions and poolings start with: kernel, stride, padding
     * and dilation, of every axis each, and the padding mode.
     *
     * @param context the op
     * @param image the shape of what the window slides over
     * @param positions the shape of what has one element per position
     * @param layout the layout of both
     * @return the geometry
     */
    static WindowGeometry of(VjpContext context, TensorSpec image, TensorSpec positions, Layout layout) {
        long[] a = context.integerArguments();
        int rank = layout.space();
        int first = layout.firstSpace();
        long mode = requireKnownMode(context, a[4 * rank]);
        return new WindowGeometry(IntStream.range(0, rank)
                        .mapToObj(i -> Axis.of(
                                mode,
                                image.dim(first + i),
                                positions.dim(first + i),
                                a[i],
                                a[rank + i],
                                a[2 * rank + i],
                                a[3 * rank + i]))
                        .toList())
                .atLeastPlanar();
    }

    private static long requireKnownMode(VjpContext context, long mode) {
        if (mode < EXPLICIT || mode > CAUSAL) {
            throw new IllegalArgumentException(context.describe() + " has padding mode " + mode
                    + "; explicit (0), SAME (1) and CAUSAL (2) are supported");
        }
        return mode;
    }

    /** A window of one tap over every element of a plane. */
    static WindowGeometry points(long rows, long columns) {
        return new WindowGeometry(List.of(new Axis(rows, rows, 1, 1, 0, 1), new Axis(columns, columns, 1, 1, 0, 1)));
    }

    int rank() {
        return axes.size();
    }

    /** Whether windows neither overlap nor leave anything out. */
    boolean tiles() {
        return axes.stream().allMatch(Axis::tiles);
    }

    long product(ToLongFunction<Axis> property) {
        return axes.stream().mapToLong(property).reduce(1, (a, b) -> a * b);
    }

    long taps() {
        return product(Axis::kernel);
    }

    /** The same with a first axis of one row, where there is only one axis. */
    private WindowGeometry atLeastPlanar() {
        return rank() > 1 ? this : new WindowGeometry(List.of(Axis.SINGLE, axes.get(0)));
    }

    /** A shape that starts with some axes and goes on with one property of every spatial axis. */
    long[] shape(ToLongFunction<Axis> property, long... leading) {
        return LongStream.concat(Arrays.stream(leading), axes.stream().mapToLong(property))
                .toArray();
    }

    /**
     * The convolution.
     *
     * @param sd the graph
     * @param image {@code [M, iC, *size]}
     * @param weights {@code [*kernel, iC, oC]}
     * @return {@code [M, oC, *outputs]}
     */
    SDVariable convolve(SameDiff sd, SDVariable image, SDVariable weights) {
        if (axes.stream().allMatch(Axis::symmetric)) {
            SDVariable padded = EdgeRules.pad(sd, image, new long[rank() + 2], onSpace(Axis::missing));
            return convolve(sd, padded, weights, Axis::padding);
        }
        return convolve(sd, toSpan(sd, image), weights, axis -> 0);
    }

    /**
     * The adjoint of the convolution with respect to its image.
     *
     * <p>A transposed convolution without padding gives it for the whole span of the windows, of which the image is the part
     * behind the padding; an image that reaches beyond the span never met an output there, so its cotangent is zero. Where
     * the windows reach the padded end, the op itself can cut the padding off. (With the strides not dividing evenly it
     * would cut off rows that belong to the image: 8x8, kernel 3, stride 2, padding 1 gives 7.)
     *
     * @param sd the graph
     * @param cotangent {@code [M, oC, *outputs]}
     * @param weights {@code [*kernel, iC, oC]}
     * @return {@code [M, iC, *size]}
     */
    SDVariable adjoint(SameDiff sd, SDVariable cotangent, SDVariable weights) {
        if (axes.stream().allMatch(axis -> axis.padding() >= 0 && axis.shortfall() <= 0)) {
            SDVariable image = transposed(sd, cotangent, weights, Axis::padding);
            return EdgeRules.cut(sd, image, new long[rank() + 2], onSpace(Axis::missing));
        }
        SDVariable span = transposed(sd, cotangent, weights, axis -> 0);
        return fit(sd, span, onSpace(axis -> -axis.padding()), onSpace(Axis::beyondSpan));
    }

    /**
     * The adjoint of the convolution with respect to its weights: a convolution of the image with the cotangent, in which
     * samples and channels change places and so do stride and dilation.
     *
     * @param sd the graph
     * @param image {@code [M, iC, *size]}
     * @param cotangent {@code [M, oC, *outputs]}
     * @return {@code [iC, oC, *kernel]}
     */
    SDVariable weightsAdjoint(SameDiff sd, SDVariable image, SDVariable cotangent) {
        SDVariable samplesAsChannels = sd.permute(toSpan(sd, image), Layout.swapped(rank()));
        SDVariable window = sd.permute(cotangent, Layout.spaceFirst(rank()));
        return swapped().convolve(sd, samplesAsChannels, window, axis -> 0);
    }

    /** The image with zeros around it or edges cut off, so that windows without padding fit it exactly. */
    SDVariable toSpan(SameDiff sd, SDVariable image) {
        return fit(sd, image, onSpace(Axis::padding), onSpace(axis -> -axis.beyondSpan()));
    }

    /** The window made of the positions, over the span: it has as many positions as the kernel has taps. */
    WindowGeometry swapped() {
        return new WindowGeometry(axes.stream()
                .map(axis -> new Axis(axis.span(), axis.kernel(), axis.outputs(), axis.dilation(), 0, axis.stride()))
                .toList());
    }

    /** The window over every element of the image, without padding. */
    WindowGeometry atUnitStride() {
        return new WindowGeometry(axes.stream()
                .map(axis ->
                        new Axis(axis.size() + axis.reach() - 1, axis.size(), axis.kernel(), 1, 0, axis.dilation()))
                .toList());
    }

    /** Adds zeros on both sides of every axis; a negative number cuts as much off. */
    static SDVariable fit(SameDiff sd, SDVariable x, long[] front, long[] end) {
        SDVariable cut = EdgeRules.cut(sd, x, negativePart(front), negativePart(end));
        return EdgeRules.pad(sd, cut, positivePart(front), positivePart(end));
    }

    long[] onSpace(ToLongFunction<Axis> property) {
        return shape(property, 0, 0);
    }

    private SDVariable convolve(SameDiff sd, SDVariable image, SDVariable weights, ToLongFunction<Axis> padding) {
        Axis last = axes.get(rank() - 1);
        Axis row = axes.get(rank() - 2);
        if (rank() == 2) {
            return sd.cnn().conv2d(image, weights, planar(row, last, padding));
        }
        Axis depth = axes.get(0);
        Conv3DConfig config = Conv3DConfig.builder()
                .kD(depth.kernel())
                .kH(row.kernel())
                .kW(last.kernel())
                .sD(depth.stride())
                .sH(row.stride())
                .sW(last.stride())
                .pD(padding.applyAsLong(depth))
                .pH(padding.applyAsLong(row))
                .pW(padding.applyAsLong(last))
                .dD(depth.dilation())
                .dH(row.dilation())
                .dW(last.dilation())
                .dataFormat(Conv3DConfig.NCDHW)
                .build();
        return sd.cnn().conv3d(image, weights, config);
    }

    /** The configuration of a two-dimensional convolution with explicit padding. */
    static Conv2DConfig planar(Axis row, Axis column, ToLongFunction<Axis> padding) {
        return Conv2DConfig.builder()
                .kH(row.kernel())
                .kW(column.kernel())
                .sH(row.stride())
                .sW(column.stride())
                .pH(padding.applyAsLong(row))
                .pW(padding.applyAsLong(column))
                .dH(row.dilation())
                .dW(column.dilation())
                .build();
    }

    private SDVariable transposed(SameDiff sd, SDVariable image, SDVariable weights, ToLongFunction<Axis> padding) {
        Axis last = axes.get(rank() - 1);
        Axis row = axes.get(rank() - 2);
        if (rank() == 2) {
            DeConv2DConfig config = DeConv2DConfig.builder()
                    .kH(row.kernel())
                    .kW(last.kernel())
                    .sH(row.stride())
                    .sW(last.stride())
                    .pH(padding.applyAsLong(row))
                    .pW(padding.applyAsLong(last))
                    .dH(row.dilation())
                    .dW(last.dilation())
                    .isSameMode(false)
                    .build();
            return sd.cnn().deconv2d(image, weights, config);
        }
        Axis depth = axes.get(0);
        DeConv3DConfig config = DeConv3DConfig.builder()
                .kD(depth.kernel())
                .kH(row.kernel())
                .kW(last.kernel())
                .sD(depth.stride())
                .sH(row.stride())
                .sW(last.stride())
                .pD(padding.applyAsLong(depth))
                .pH(padding.applyAsLong(row))
                .pW(padding.applyAsLong(last))
                .dD(depth.dilation())
                .dH(row.dilation())
                .dW(last.dilation())
                .isSameMode(false)
                .build();
        return sd.cnn().deconv3d(image, weights, config);
    }

    private static long[] positivePart(long[] values) {
        return Arrays.stream(values).map(value -> Math.max(value, 0)).toArray();
    }

    private static long[] negativePart(long[] values) {
        return Arrays.stream(values).map(value -> Math.max(-value, 0)).toArray();
    }
}
