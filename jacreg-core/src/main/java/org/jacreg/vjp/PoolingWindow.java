package org.jacreg.vjp;

import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A pooling seen with its channels first. Every channel is pooled alone, so channels are moved to the batch axis: a
 * <i>plane</i> is one channel of one sample, {@code [M*C, 1, *space]}.
 */
record PoolingWindow(VjpContext context, WindowGeometry geometry, long channels, Layout layout) {

    static PoolingWindow of(VjpContext context) {
        TensorSpec in = context.inputSpec(0);
        int space = in.rank() - 2;
        Layout layout = new Layout(space, ConvolutionRules.argument(context, 4 * space + 2) == 1);
        WindowGeometry geometry = WindowGeometry.of(context, in, context.outputSpec(), layout);
        return new PoolingWindow(context, geometry, in.dim(layout.channels()), layout);
    }

    SameDiff sd() {
        return context.graph();
    }

    DataType type() {
        return context.outputSpec().dataType();
    }

    SDVariable image() {
        return layout.first(sd(), context.input(0));
    }

    SDVariable pooled() {
        return layout.first(sd(), context.output());
    }

    /** Whether an average is taken over the taps that lie on the image alone. */
    boolean excludesPadding() {
        return ConvolutionRules.argument(context, 4 * geometry.rank() + 1) == 0;
    }

    /** {@code [M, C, *space]} of the image to planes. */
    SDVariable imagePlanes(SDVariable image) {
        return sd().reshape(image, geometry.shape(WindowGeometry.Axis::size, -1, 1));
    }

    /** {@code [M, C, *space]} of the result to planes. */
    SDVariable pooledPlanes(SDVariable pooled) {
        return sd().reshape(pooled, geometry.shape(WindowGeometry.Axis::outputs, -1, 1));
    }

    /** Planes of the image to {@code [M, C, *space]}. */
    SDVariable asImage(SDVariable planes) {
        return sd().reshape(planes, geometry.shape(WindowGeometry.Axis::size, -1, channels));
    }

    /** Weights {@code [*kernel, 1, 1]} of a convolution that sums each window. */
    SDVariable ones() {
        return sd().constant(Nd4j.ones(type(), withLast(1, 1)));
    }

    /** Weights {@code [*kernel, 1, taps]} of a convolution whose channel t is tap t of the window. */
    SDVariable tapSelector() {
        return tapSelector(sd(), geometry, type());
    }

    static SDVariable tapSelector(SameDiff sd, WindowGeometry geometry, DataType type) {
        long taps = geometry.taps();
        long[] shape = kernelShape(geometry, 1, taps);
        return sd.constant(Nd4j.eye(taps).castTo(type).reshape('c', shape));
    }

    private long[] withLast(long... last) {
        return kernelShape(geometry, last);
    }

    private static long[] kernelShape(WindowGeometry geometry, long... last) {
        long[] shape = new long[geometry.rank() + last.length];
        for (int axis = 0; axis < geometry.rank(); axis++) {
            shape[axis] = geometry.axes().get(axis).kernel();
        }
        System.arraycopy(last, 0, shape, geometry.rank(), last.length);
        return shape;
    }

    /** {@code [1, taps, *outputs]}: 1 where a tap lies on the image, 0 where it lies on padding. */
    INDArray validTaps() {
        return validTaps(geometry, type());
    }

    static INDArray validTaps(WindowGeometry geometry, DataType type) {
        long positions = geometry.product(WindowGeometry.Axis::outputs);
        INDArray valid = Nd4j.create(type, geometry.taps(), positions);
        for (long tap = 0; tap < geometry.taps(); tap++) {
            for (long position = 0; position < positions; position++) {
                valid.putScalar(tap, position, onImage(geometry, tap, position) ? 1 : 0);
            }
        }
        return valid.reshape('c', geometry.shape(WindowGeometry.Axis::outputs, 1, geometry.taps()));
    }

    /** Whether a tap at a position, both counted in row-major order, lies on the image along every axis. */
    private static boolean onImage(WindowGeometry geometry, long tap, long position) {
        long restOfTap = tap;
        long restOfPosition = position;
        for (int i = geometry.rank() - 1; i >= 0; i--) {
            WindowGeometry.Axis axis = geometry.axes().get(i);
            long at = restOfPosition % axis.outputs() * axis.stride()
                    - axis.padding()
                    + restOfTap % axis.kernel() * axis.dilation();
            if (at < 0 || at >= axis.size()) {
                return false;
            }
            restOfTap /= axis.kernel();
            restOfPosition /= axis.outputs();
        }
        return true;
    }
}
