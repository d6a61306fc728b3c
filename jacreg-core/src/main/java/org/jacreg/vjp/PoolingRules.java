package org.jacreg.vjp;

import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Pooling over windows.
 *
 * <p>Average pooling is a convolution of every channel with a constant window. Maximum pooling is, near a point without
 * ties, a choice of one tap per window; among equal taps the first in row-major order is chosen. Bespoke: the choice is a
 * mask that depends on the input but has no derivative, and what is scaled is the cotangent.
 */
final class PoolingRules {

    private PoolingRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rule("maxpool2d", (context, ct) -> channelsFirst(context, ct, PoolingRules::maximum))
                .linear("avgpool2d", (context, ct) -> channelsFirst(context, ct, PoolingRules::average))
                .linear("upsampling2d", PoolingRules::sumOfCopies);
    }

    /** A pooling seen in NCHW layout. */
    private record Window(VjpContext context, WindowGeometry geometry, long channels, boolean channelsLast) {

        SameDiff sd() {
            return context.graph();
        }

        DataType type() {
            return context.outputSpec().dataType();
        }

        SDVariable image() {
            return channelsLast ? sd().permute(context.input(0), 0, 3, 1, 2) : context.input(0);
        }

        SDVariable pooled() {
            return channelsLast ? sd().permute(context.output(), 0, 3, 1, 2) : context.output();
        }

        long outH() {
            return geometry.height().outputs();
        }

        long outW() {
            return geometry.width().outputs();
        }

        long inH() {
            return geometry.height().size();
        }

        long inW() {
            return geometry.width().size();
        }
    }

    private interface PoolingRule {
        SDVariable vjp(Window window, SDVariable cotangent);
    }

    private static SDVariable channelsFirst(VjpContext context, SDVariable ct, PoolingRule rule) {
        long[] arguments = context.integerArguments();
        boolean channelsLast = arguments.length > 10 && arguments[10] == 1;
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        int row = channelsLast ? 1 : 2;
        WindowGeometry geometry =
                WindowGeometry.of(context, in.dim(row), in.dim(row + 1), out.dim(row), out.dim(row + 1));
        Window window = new Window(context, geometry, in.dim(channelsLast ? 3 : 1), channelsLast);
        SameDiff sd = context.graph();
        SDVariable result = rule.vjp(window, channelsLast ? sd.permute(ct, 0, 3, 1, 2) : ct);
        return channelsLast ? sd.permute(result, 0, 2, 3, 1) : result;
    }

    private static SDVariable average(Window w, SDVariable ct) {
        SameDiff sd = w.sd();
        boolean excludesPadding = w.context().integerArguments()[9] == 0;
        INDArray share = Nd4j.valueArrayOf(
                new long[] {1, 1, w.outH(), w.outW()}, 1.0 / w.geometry().taps(), w.type());
        if (excludesPadding) {
            share = validTaps(w).sum(true, 1).rdivi(1.0);
        }
        SDVariable planes = sd.reshape(ct, -1, 1, w.outH(), w.outW()).mul(sd.constant(share));
        INDArray window = Nd4j.ones(
                w.type(), w.geometry().height().kernel(), w.geometry().width().kernel(), 1, 1);
        return asImage(w, w.geometry().adjoint(sd, planes, sd.constant(window)));
    }

    private static SDVariable maximum(Window w, SDVariable ct) {
        return w.geometry().tiles() ? maximumOfTiles(w, ct) : maximumOfWindows(w, ct);
    }

    /** Where windows tile the image: repeat every cotangent over its window and keep it at the chosen tap. */
    private static SDVariable maximumOfTiles(Window w, SDVariable ct) {
        SameDiff sd = w.sd();
        long kH = w.geometry().height().kernel();
        long kW = w.geometry().width().kernel();
        SDVariable taps = sd.reshape(
                sd.permute(sd.reshape(w.image(), -1, w.outH(), kH, w.outW(), kW), 0, 1, 3, 2, 4),
                -1,
                w.outH(),
                w.outW(),
                kH * kW);
        SDVariable largest = sd.reshape(w.pooled(), -1, w.outH(), w.outW(), 1);
        SDVariable chosen = firstTrue(sd.eq(taps, largest).castTo(w.type()), 3);
        SDVariable mask = sd.permute(sd.reshape(chosen, -1, w.outH(), w.outW(), kH, kW), 0, 1, 3, 2, 4);
        long[] rows = {-1, w.channels() * w.inH() * w.inW()};
        SDVariable flatMask = sd.reshape(mask, rows);
        SDVariable repeated = sd.reshape(sd.cnn().upsampling2d(ct, (int) kH, (int) kW, true), rows);
        return asImage(w, w.context().perCotangent(repeated, rows, rows, c -> c.mul(flatMask)));
    }

    /** In general: spread every cotangent over the taps of its window, and add up what windows share. */
    private static SDVariable maximumOfWindows(Window w, SDVariable ct) {
        SameDiff sd = w.sd();
        long taps = w.geometry().taps();
        SDVariable unfold = sd.constant(tapSelector(w));
        SDVariable image = paddedEnd(w, sd.reshape(w.image(), -1, 1, w.inH(), w.inW()));
        SDVariable patches = sd.cnn().conv2d(image, unfold, w.geometry().convolution());
        SDVariable largest = sd.reshape(w.pooled(), -1, 1, w.outH(), w.outW());
        SDVariable candidates = sd.eq(patches, largest).castTo(w.type()).mul(sd.constant(validTaps(w)));
        SDVariable mask = sd.reshape(firstTrue(candidates, 1), -1, w.channels(), taps, w.outH(), w.outW());
        long[] single = {-1, w.channels(), 1, w.outH(), w.outW()};
        long[] spread = {-1, w.channels(), taps, w.outH(), w.outW()};
        SDVariable chosen = w.context().perCotangent(sd.reshape(ct, single), single, spread, c -> c.mul(mask));
        SDVariable planes = sd.reshape(chosen, -1, taps, w.outH(), w.outW());
        return asImage(w, w.geometry().adjoint(sd, planes, unfold));
    }

    /** SAME may need zeros at the end beyond the symmetric padding of a convolution; cut-off ends do no harm. */
    private static SDVariable paddedEnd(Window w, SDVariable planes) {
        long rows = Math.max(-w.geometry().height().shortfall(), 0);
        long columns = Math.max(-w.geometry().width().shortfall(), 0);
        return EdgeRules.pad(w.sd(), planes, new long[4], new long[] {0, 0, rows, columns});
    }

    /** Keeps the first 1 along an axis of zeros and ones. */
    private static SDVariable firstTrue(SDVariable flags, int axis) {
        SameDiff sd = flags.getSameDiff();
        SDVariable before = sd.cumsum(flags, true, false, axis);
        return flags.mul(sd.eq(before, 0.0).castTo(flags.dataType()));
    }

    private static SDVariable asImage(Window w, SDVariable planes) {
        return w.sd().reshape(planes, -1, w.channels(), w.inH(), w.inW());
    }

    /** Weights {@code [kH, kW, 1, taps]} of a convolution whose channel t is tap t of the window. */
    private static INDArray tapSelector(Window w) {
        long taps = w.geometry().taps();
        return Nd4j.eye(taps)
                .castTo(w.type())
                .reshape(
                        'c',
                        w.geometry().height().kernel(),
                        w.geometry().width().kernel(),
                        1,
                        taps);
    }

    /** {@code [1, taps, oH, oW]}: 1 where a tap lies on the image, 0 where it lies on padding. */
    private static INDArray validTaps(Window w) {
        WindowGeometry.Axis h = w.geometry().height();
        WindowGeometry.Axis v = w.geometry().width();
        INDArray valid = Nd4j.create(w.type(), 1, h.kernel() * v.kernel(), h.outputs(), v.outputs());
        for (long tap = 0; tap < w.geometry().taps(); tap++) {
            for (long i = 0; i < h.outputs(); i++) {
                for (long j = 0; j < v.outputs(); j++) {
                    boolean on = onImage(h, tap / v.kernel(), i) && onImage(v, tap % v.kernel(), j);
                    valid.putScalar(new long[] {0, tap, i, j}, on ? 1 : 0);
                }
            }
        }
        return valid;
    }

    private static boolean onImage(WindowGeometry.Axis axis, long tap, long position) {
        long at = position * axis.stride() - axis.padding() + tap * axis.dilation();
        return at >= 0 && at < axis.size();
    }

    /** The adjoint of repeating every pixel kH x kW times is the sum over the repeats. */
    private static SDVariable sumOfCopies(VjpContext context, SDVariable ct) {
        long[] arguments = context.integerArguments();
        TensorSpec in = context.inputSpec(0);
        if (arguments.length > 2 && arguments[2] == 0) {
            throw new IllegalArgumentException(context.describe() + " is in NHWC layout; only NCHW is supported");
        }
        long kH = arguments[0];
        long kW = arguments.length > 1 ? arguments[1] : kH;
        SDVariable split = context.graph().reshape(ct, -1, in.dim(2), kH, in.dim(3), kW);
        return context.graph().reshape(context.graph().sum(split, 2, 4), in.toArray());
    }
}
