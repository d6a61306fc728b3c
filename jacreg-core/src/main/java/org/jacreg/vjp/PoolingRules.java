package org.jacreg.vjp;

import org.jacreg.vjp.WindowGeometry.Axis;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
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
        for (String name : new String[] {"maxpool2d", "maxpool3dnew"}) {
            rules.rule(name, (context, ct) -> channelsFirst(context, ct, PoolingRules::maximum));
        }
        for (String name : new String[] {"avgpool2d", "avgpool3dnew"}) {
            rules.linear(name, (context, ct) -> channelsFirst(context, ct, PoolingRules::average));
        }
        rules.unsupported(
                        "pnormpool2d",
                        "ND4J 1.0.0-M2.1 cannot copy or save a graph with it (its class is not registered); take the root of"
                                + " an average pool of powers")
                .unsupported(
                        "max_pool_with_argmax",
                        "ND4J 1.0.0-M2.1 gives its result the input's shape, fills it with garbage and writes outside of"
                                + " its memory; use maxPooling2d");
    }

    private interface PoolingRule {
        SDVariable vjp(PoolingWindow window, SDVariable cotangent);
    }

    private static SDVariable channelsFirst(VjpContext context, SDVariable ct, PoolingRule rule) {
        PoolingWindow window = PoolingWindow.of(context);
        SameDiff sd = context.graph();
        return window.layout().back(sd, rule.vjp(window, window.layout().first(sd, ct)));
    }

    private static SDVariable average(PoolingWindow w, SDVariable ct) {
        INDArray share = Nd4j.valueArrayOf(
                w.geometry().shape(Axis::outputs, 1, 1), 1.0 / w.geometry().taps(), w.type());
        if (w.excludesPadding()) {
            share = w.validTaps().sum(true, 1).rdivi(1.0);
        }
        SDVariable planes = w.pooledPlanes(ct).mul(w.sd().constant(share));
        return w.asImage(w.geometry().adjoint(w.sd(), planes, w.ones()));
    }

    private static SDVariable maximum(PoolingWindow w, SDVariable ct) {
        boolean planar = w.geometry().rank() == 2;
        return planar && w.geometry().tiles() ? maximumOfTiles(w, ct) : maximumOfWindows(w, ct);
    }

    /** Where windows tile the image: repeat every cotangent over its window and keep it at the chosen tap. */
    private static SDVariable maximumOfTiles(PoolingWindow w, SDVariable ct) {
        SameDiff sd = w.sd();
        Axis row = w.geometry().axes().get(0);
        Axis column = w.geometry().axes().get(1);
        long kH = row.kernel();
        long kW = column.kernel();
        SDVariable taps = sd.reshape(
                sd.permute(sd.reshape(w.image(), -1, row.outputs(), kH, column.outputs(), kW), 0, 1, 3, 2, 4),
                -1,
                row.outputs(),
                column.outputs(),
                kH * kW);
        SDVariable largest = sd.reshape(w.pooled(), -1, row.outputs(), column.outputs(), 1);
        SDVariable chosen = firstTrue(sd.eq(taps, largest).castTo(w.type()), 3);
        SDVariable mask = sd.permute(sd.reshape(chosen, -1, row.outputs(), column.outputs(), kH, kW), 0, 1, 3, 2, 4);
        long[] rows = {-1, w.channels() * row.size() * column.size()};
        SDVariable flatMask = sd.reshape(mask, rows);
        SDVariable repeated = sd.reshape(sd.cnn().upsampling2d(ct, (int) kH, (int) kW, true), rows);
        return w.asImage(w.context().perCotangent(repeated, rows, rows, c -> c.mul(flatMask)));
    }

    /** In general: spread every cotangent over the taps of its window, and add up what windows share. */
    private static SDVariable maximumOfWindows(PoolingWindow w, SDVariable ct) {
        SameDiff sd = w.sd();
        WindowGeometry geometry = w.geometry();
        long taps = geometry.taps();
        SDVariable unfold = w.tapSelector();
        SDVariable patches = geometry.convolve(sd, w.imagePlanes(w.image()), unfold);
        SDVariable largest = w.pooledPlanes(w.pooled());
        SDVariable candidates = sd.eq(patches, largest).castTo(w.type()).mul(sd.constant(w.validTaps()));
        SDVariable mask = sd.reshape(firstTrue(candidates, 1), geometry.shape(Axis::outputs, -1, w.channels(), taps));
        long[] single = geometry.shape(Axis::outputs, -1, w.channels(), 1);
        long[] spread = geometry.shape(Axis::outputs, -1, w.channels(), taps);
        SDVariable chosen = w.context().perCotangent(sd.reshape(ct, single), single, spread, c -> c.mul(mask));
        SDVariable planes = sd.reshape(chosen, geometry.shape(Axis::outputs, -1, taps));
        return w.asImage(geometry.adjoint(sd, planes, unfold));
    }

    /** Keeps the first 1 along an axis of zeros and ones. */
    static SDVariable firstTrue(SDVariable flags, int axis) {
        SameDiff sd = flags.getSameDiff();
        SDVariable before = sd.cumsum(flags, true, false, axis);
        return flags.mul(sd.eq(before, 0.0).castTo(flags.dataType()));
    }
}
