package org.jacreg.vjp;

import java.util.List;
import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.WindowGeometry.Axis;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Grey-scale dilation of {@code [N, H, W, C]} by weights {@code [kH, kW, C]}: in every channel
 * {@code y_o = max_t (x_{o s + t r} + w_t)}. Bespoke for the reason that maximum pooling is: the cotangent goes to the
 * chosen tap, in the image and in the weights; among equal sums to the first in row-major order.
 */
final class DilationRules {

    private DilationRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules("dilation2d", OpKind.BESPOKE, Map.of(0, DilationRules::image, 1, DilationRules::weights));
    }

    private static SDVariable image(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        WindowGeometry geometry = geometry(context);
        SDVariable planes = sd.reshape(chosen(context, ct), geometry.shape(Axis::outputs, -1, geometry.taps()));
        SDVariable selector = PoolingWindow.tapSelector(sd, geometry, type(context));
        long channels = context.inputSpec(0).dim(3);
        SDVariable image = sd.reshape(geometry.adjoint(sd, planes, selector), geometry.shape(Axis::size, -1, channels));
        return sd.permute(image, 0, 2, 3, 1);
    }

    private static SDVariable weights(VjpContext context, SDVariable ct) {
        context.requireUnstacked(1);
        SameDiff sd = context.graph();
        SDVariable perTap = sd.sum(chosen(context, ct), 0, 3, 4);
        return sd.reshape(sd.permute(perTap, 1, 0), context.inputSpec(1).toArray());
    }

    /** The cotangent at the chosen taps, {@code [V*N, C, taps, oH, oW]}. */
    private static SDVariable chosen(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        WindowGeometry geometry = geometry(context);
        DataType type = type(context);
        long taps = geometry.taps();
        long channels = context.inputSpec(0).dim(3);
        long[] single = geometry.shape(Axis::outputs, -1, channels, 1);
        long[] spread = geometry.shape(Axis::outputs, -1, channels, taps);
        SDVariable planes = sd.reshape(sd.permute(context.input(0), 0, 3, 1, 2), geometry.shape(Axis::size, -1, 1));
        SDVariable patches =
                sd.reshape(geometry.convolve(sd, planes, PoolingWindow.tapSelector(sd, geometry, type)), spread);
        SDVariable perTap =
                sd.reshape(sd.permute(sd.reshape(context.input(1), taps, channels), 1, 0), 1, channels, taps, 1, 1);
        SDVariable largest = sd.reshape(sd.permute(context.output(), 0, 3, 1, 2), single);
        SDVariable valid = sd.constant(
                PoolingWindow.validTaps(geometry, type).reshape('c', geometry.shape(Axis::outputs, 1, 1, taps)));
        SDVariable candidates = sd.eq(patches.add(perTap), largest).castTo(type).mul(valid);
        SDVariable mask = PoolingRules.firstTrue(candidates, 2);
        SDVariable first = sd.reshape(sd.permute(ct, 0, 3, 1, 2), single);
        return context.perCotangent(first, single, spread, c -> c.mul(mask));
    }

    private static DataType type(VjpContext context) {
        return context.outputSpec().dataType();
    }

    /** Whether SAME, then rates and strides of every axis, of which batch and channels have 1. */
    private static WindowGeometry geometry(VjpContext context) {
        long[] a = context.integerArguments();
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        TensorSpec weights = context.inputSpec(1);
        return new WindowGeometry(List.of(
                Axis.of(a[0], in.dim(1), out.dim(1), weights.dim(0), a[6], 0, a[2]),
                Axis.of(a[0], in.dim(2), out.dim(2), weights.dim(1), a[7], 0, a[3])));
    }
}
