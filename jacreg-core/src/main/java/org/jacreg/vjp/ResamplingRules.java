package org.jacreg.vjp;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Ops that copy pixels to other places, or interpolate between them. */
final class ResamplingRules {

    /** float32 interpolation weights add up to 1 to about 1e-7 each; a method that is not linear is far off. */
    private static final double CONSTANT_TOLERANCE = 1e-4;

    private ResamplingRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("upsampling2d", ResamplingRules::sumOfCopies).linear("upsampling3d", ResamplingRules::sumOfCopies);
        for (String name : new String[] {"resize_bilinear", "resize_nearest_neighbor", "image_resize"}) {
            rules.linear(name, ResamplingRules::resizeBack);
        }
        rules.unsupported(
                        "resize_area",
                        "ND4J 1.0.0-M2.1 loses its size inside a graph, so it cannot be evaluated; use imageResize")
                .unsupported(
                        "resize_bicubic",
                        "ND4J 1.0.0-M2.1 returns float32 in a float64 graph; in float32 use imageResize with ResizeBicubic")
                .unsupported(
                        "crop_and_resize",
                        "it picks samples by index, so samples are coupled; besides, ND4J's own gradient of it is zero");
    }

    /**
     * The adjoint of repeating every pixel is the sum over its repeats. The factors are read off the shapes: ND4J's classes
     * hand them over in different orders.
     */
    private static SDVariable sumOfCopies(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        List<Long> split = new ArrayList<>();
        List<Integer> copies = new ArrayList<>();
        for (int axis = 0; axis < in.rank(); axis++) {
            split.add(in.dim(axis));
            if (axis > 0 && out.dim(axis) != in.dim(axis)) {
                copies.add(split.size());
                split.add(out.dim(axis) / in.dim(axis));
            }
        }
        if (copies.isEmpty()) {
            return ct;
        }
        SDVariable open = context.graph()
                .reshape(ct, split.stream().mapToLong(Long::longValue).toArray());
        SDVariable sum = context.graph()
                .sum(open, copies.stream().mapToInt(Integer::intValue).toArray());
        return context.graph().reshape(sum, in.toArray());
    }

    /**
     * Resizing {@code [N, H, W, C]} is linear and works on rows and columns one after the other: {@code Y = A X B^T} in every
     * channel, hence {@code A^T ct B}. The two matrices are measured: the op itself is run on images of one bright row, or
     * column, so that they are those that ND4J computes with, whatever the method, its rounding and its corners.
     */
    private static SDVariable resizeBack(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        if (in.rank() != 4) {
            throw new IllegalArgumentException(
                    context.describe() + " resizes an image of rank " + in.rank() + "; only [N, H, W, C] is supported");
        }
        SDVariable rows = sd.constant(matrix(context, in, true));
        SDVariable columns = sd.constant(matrix(context, in, false));
        SDVariable channelsFirst = sd.reshape(sd.permute(ct, 0, 3, 1, 2), -1, out.dim(2));
        SDVariable wide = sd.reshape(sd.mmul(channelsFirst, columns), -1, in.dim(3), out.dim(1), in.dim(2));
        SDVariable turned = sd.reshape(sd.permute(wide, 0, 1, 3, 2), -1, out.dim(1));
        SDVariable whole = sd.reshape(sd.mmul(turned, rows), -1, in.dim(3), in.dim(2), in.dim(1));
        return sd.permute(whole, 0, 3, 2, 1);
    }

    /** {@code [out, in]} along the rows or the columns: image b of a batch has its row (or column) b at 1. */
    private static INDArray matrix(VjpContext context, TensorSpec in, boolean ofRows) {
        long size = in.dim(ofRows ? 1 : 2);
        INDArray images = Nd4j.create(in.dataType(), size, in.dim(1), in.dim(2), 1);
        for (long line = 0; line < size; line++) {
            INDArray image = images.slice(line);
            (ofRows ? image.slice(line) : image.slice(line, 1)).assign(1);
        }
        INDArray resized = run(context, images);
        INDArray lines =
                ofRows ? resized.get(all(), all(), point(0), point(0)) : resized.get(all(), point(0), all(), point(0));
        // What the other direction does to a constant has to be nothing.
        double sum = lines.sum(0).subi(1).normmaxNumber().doubleValue();
        if (!(sum < CONSTANT_TOLERANCE)) {
            throw new IllegalArgumentException(context.describe()
                    + " does not map a constant image to itself (it is off by " + sum + "), so it has no rule");
        }
        return lines.transpose().dup('c');
    }

    private static INDArray run(VjpContext context, INDArray images) {
        DynamicCustomOp op = (DynamicCustomOp) context.function();
        DynamicCustomOp.DynamicCustomOpsBuilder builder = DynamicCustomOp.builder(op.opName())
                .addInputs(
                        context.inputCount() > 1
                                ? new INDArray[] {images, requireKnown(context)}
                                : new INDArray[] {images})
                .addFloatingPointArguments(Arrays.stream(op.tArgs()).boxed().toArray(Double[]::new));
        for (long argument : context.integerArguments()) {
            builder.addIntegerArguments(argument);
        }
        for (boolean argument : op.bArgs()) {
            builder.addBooleanArguments(argument);
        }
        return Nd4j.exec(builder.build())[0];
    }

    private static INDArray requireKnown(VjpContext context) {
        SDVariable size = context.input(1);
        INDArray value = size.isConstant() ? size.getArr() : null;
        if (value == null) {
            throw new IllegalArgumentException(context.describe() + " takes its size from the variable '" + size.name()
                    + "'; give it as a constant to differentiate through it");
        }
        return value;
    }
}
