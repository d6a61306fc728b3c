package org.jacreg.vjp;

import java.util.List;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.WindowGeometry.Axis;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Ops that copy every window of an image to a place of its own. The adjoint adds the copies up again: a transposed convolution
 * with a kernel that selects one tap per channel, because ND4J can differentiate that, and its {@code col2im} not.
 */
final class PatchRules {

    private PatchRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("im2col", PatchRules::fold)
                .linear("extract_image_patches", PatchRules::foldPatches)
                .unsupported("col2im", "ND4J 1.0.0-M2.1 can neither copy nor save a graph with it; use deconv2d");
    }

    /**
     * From {@code [N, C, H, W]} to {@code [N, C, kH, kW, oH, oW]}; the arguments are those of a convolution. Asked for SAME
     * padding, ND4J makes as many positions as that has, but puts only the explicit padding in front: so does the rule.
     */
    private static SDVariable fold(VjpContext context, SDVariable ct) {
        long[] a = context.integerArguments();
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        WindowGeometry geometry = new WindowGeometry(List.of(
                new Axis(in.dim(2), out.dim(4), a[0], a[2], a[4], a[6]),
                new Axis(in.dim(3), out.dim(5), a[1], a[3], a[5], a[7])));
        return context.graph().reshape(addUp(context, geometry, ct), in.toArray());
    }

    /** From {@code [N, H, W, C]} to {@code [N, oH, oW, kH * kW * C]}; kernel, strides, dilations, whether SAME. */
    private static SDVariable foldPatches(VjpContext context, SDVariable ct) {
        long[] a = context.integerArguments();
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        WindowGeometry geometry = new WindowGeometry(List.of(
                Axis.of(a[6], in.dim(1), out.dim(1), a[0], a[2], 0, a[4]),
                Axis.of(a[6], in.dim(2), out.dim(2), a[1], a[3], 0, a[5])));
        SameDiff sd = context.graph();
        SDVariable open = sd.reshape(ct, -1, out.dim(1), out.dim(2), geometry.taps(), in.dim(3));
        SDVariable image = addUp(context, geometry, sd.permute(open, 0, 4, 3, 1, 2));
        return sd.permute(sd.reshape(image, geometry.shape(Axis::size, -1, in.dim(3))), 0, 2, 3, 1);
    }

    /** {@code [M, C, taps, oH, oW]}, the taps on one axis or two, to planes {@code [M*C, 1, H, W]}. */
    private static SDVariable addUp(VjpContext context, WindowGeometry geometry, SDVariable copies) {
        SameDiff sd = context.graph();
        SDVariable selector =
                PoolingWindow.tapSelector(sd, geometry, context.outputSpec().dataType());
        SDVariable planes = sd.reshape(copies, geometry.shape(Axis::outputs, -1, geometry.taps()));
        return geometry.adjoint(sd, planes, selector);
    }
}
