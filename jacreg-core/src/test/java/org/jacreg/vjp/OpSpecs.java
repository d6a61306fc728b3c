package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RDivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RSubOp;
import org.nd4j.linalg.factory.Nd4j;

/** The rows of the table: every registered rule appears in at least one. */
final class OpSpecs {

    private OpSpecs() {}

    static List<OpSpec> all() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(elementwise());
        rows.addAll(scalars());
        rows.addAll(arithmetic());
        rows.addAll(matrices());
        rows.addAll(shapes());
        rows.addAll(reductions());
        rows.addAll(convolutions());
        rows.addAll(poolings());
        rows.addAll(PointwiseSpecs.rows());
        rows.addAll(ReductionSpecs.rows());
        rows.addAll(LossSpecs.rows());
        rows.addAll(ShapeSpecs.rows());
        rows.addAll(IndexSpecs.rows());
        rows.addAll(MatrixSpecs.rows());
        rows.addAll(ConvolutionSpecs.rows());
        rows.addAll(NormalizationSpecs.rows());
        rows.addAll(AttentionSpecs.rows());
        rows.addAll(RecurrentSpecs.rows());
        return rows;
    }

    private static List<OpSpec> elementwise() {
        return List.of(
                OpSpec.of("sigmoid", "sigmoid", (sd, x) -> sd.nn().sigmoid(x), 4),
                OpSpec.of("tanh", "tanh", (sd, x) -> sd.math().tanh(x), 4),
                OpSpec.of("tanh of an image", "tanh", (sd, x) -> sd.math().tanh(x), 2, 3, 2),
                OpSpec.of("softplus", "softplus", (sd, x) -> sd.nn().softplus(x), 4),
                OpSpec.of("swish", "swish", (sd, x) -> sd.nn().swish(x), 4),
                OpSpec.of("gelu", "gelu", (sd, x) -> sd.nn().gelu(x), 4),
                OpSpec.of("precise gelu", "precise_gelu", (sd, x) -> sd.nn().preciseGelu(x), 4),
                OpSpec.of("relu", "relu", (sd, x) -> sd.nn().relu(x, 0), 5),
                OpSpec.of("relu with cutoff", "relu", (sd, x) -> sd.nn().relu(x, 0.4), 5),
                OpSpec.of("leaky relu", "leakyrelu", (sd, x) -> sd.nn().leakyRelu(x, 0.01), 5),
                OpSpec.of("elu", "elu", (sd, x) -> sd.nn().elu(x), 5),
                OpSpec.of("neg", "neg", (sd, x) -> x.neg(), 3),
                OpSpec.of("exp", "exp", (sd, x) -> sd.math().exp(x), 3),
                OpSpec.of("square", "square", (sd, x) -> sd.math().square(x), 3),
                OpSpec.of("cube", "cube", (sd, x) -> sd.math().cube(x), 3),
                OpSpec.of("abs", "abs", (sd, x) -> sd.math().abs(x), 3),
                OpSpec.of("sin", "sin", (sd, x) -> sd.math().sin(x), 3),
                OpSpec.of("cos", "cos", (sd, x) -> sd.math().cos(x), 3),
                OpSpec.positive("log", "log", (sd, x) -> sd.math().log(x), 3),
                OpSpec.positive("sqrt", "sqrt", (sd, x) -> sd.math().sqrt(x), 3),
                OpSpec.positive("reciprocal", "Reciprocal", (sd, x) -> sd.math().reciprocal(x), 3));
    }

    private static List<OpSpec> scalars() {
        return List.of(
                OpSpec.of("identity", "identity", (sd, x) -> sd.identity(x), 3),
                OpSpec.of("x + 2", "add_scalar", (sd, x) -> sd.math().square(x.add(2.0)), 3),
                OpSpec.of("x - 2", "sub_scalar", (sd, x) -> sd.math().square(x.sub(2.0)), 3),
                OpSpec.of("2 - x", "rsub_scalar", (sd, x) -> sd.math().square(x.rsub(2.0)), 3),
                OpSpec.of("3 x", "mul_scalar", (sd, x) -> sd.math().square(x.mul(3.0)), 3),
                OpSpec.of("x / 3", "div_scalar", (sd, x) -> sd.math().square(x.div(3.0)), 3),
                OpSpec.positive("2 / x", "rdiv_scalar", (sd, x) -> x.rdiv(2.0), 3));
    }

    private static List<OpSpec> arithmetic() {
        return List.of(
                OpSpec.of("x + tanh x", "add", (sd, x) -> x.add(sd.math().tanh(x)), 3),
                OpSpec.of("x + b", "add", (sd, x) -> sd.math().tanh(x.add(weight(sd, "b", 3))), 3),
                OpSpec.of("column + row", "add", (sd, x) -> sd.math().tanh(x.add(weight(sd, "r", 1, 4))), 3, 1),
                OpSpec.of("x - x^2", "subtract", (sd, x) -> x.sub(sd.math().square(x)), 3),
                OpSpec.of(
                        "b - x",
                        "subtract",
                        (sd, x) -> sd.math().tanh(weight(sd, "b", 3).sub(x)),
                        3),
                OpSpec.of("reverse x - b", "reversesubtract", (sd, x) -> reverseSubtract(sd, x), 3),
                OpSpec.of("x * tanh x", "multiply", (sd, x) -> x.mul(sd.math().tanh(x)), 3),
                OpSpec.of("x * x", "multiply", (sd, x) -> x.mul(x), 3),
                OpSpec.of("x * b", "multiply", (sd, x) -> sd.math().tanh(x.mul(weight(sd, "b", 3))), 3),
                OpSpec.of("gate by column", "multiply", OpSpecs::gate, 3, 4),
                OpSpec.positive(
                        "x / (1 + x^2)",
                        "divide",
                        (sd, x) -> x.div(sd.math().square(x).add(1)),
                        3),
                OpSpec.positive(
                        "x / b",
                        "divide",
                        (sd, x) -> sd.math().tanh(x.div(weight(sd, "b", 3).add(2))),
                        3),
                OpSpec.positive("b / x", "divide", (sd, x) -> weight(sd, "b", 3).div(x), 3),
                OpSpec.positive("reverse divide", "reversedivide", OpSpecs::reverseDivide, 3),
                OpSpec.of("(x - b)^2", "squaredsubtract", (sd, x) -> x.squaredDifference(weight(sd, "b", 3)), 3),
                OpSpec.of(
                        "(x - tanh x)^2",
                        "squaredsubtract",
                        (sd, x) -> x.squaredDifference(sd.math().tanh(x)),
                        3),
                OpSpec.of("bias add", "biasadd", OpSpecs::biasAdd, 2, 3, 3));
    }

    static SDVariable weight(SameDiff sd, String name, long... shape) {
        return sd.var(name, OpSpec.random(new Random(5), -1, 1, shape));
    }

    private static SDVariable reverseSubtract(SameDiff sd, SDVariable x) {
        return sd.math().tanh(new RSubOp(sd, x, weight(sd, "b", 3)).outputVariable());
    }

    private static SDVariable reverseDivide(SameDiff sd, SDVariable x) {
        return new RDivOp(sd, x, sd.math().square(x).add(1)).outputVariable();
    }

    private static SDVariable biasAdd(SameDiff sd, SDVariable x) {
        return sd.math().tanh(sd.nn().biasAdd(x, weight(sd, "b", 2), true));
    }

    /** Squeeze-and-excitation in small: every row is scaled by a function of its mean. */
    private static SDVariable gate(SameDiff sd, SDVariable x) {
        return x.mul(sd.nn().sigmoid(sd.mean(x, true, 2)));
    }

    private static List<OpSpec> matrices() {
        List<OpSpec> rows = new ArrayList<>();
        rows.add(OpSpec.of(
                "dense",
                "xw_plus_b",
                (sd, x) -> sd.math().tanh(sd.nn().linear(x, weight(sd, "w", 4, 3), weight(sd, "b", 3))),
                4));
        for (int flags = 0; flags < 8; flags++) {
            boolean a = (flags & 1) != 0;
            boolean b = (flags & 2) != 0;
            boolean t = (flags & 4) != 0;
            String name = "(" + (a ? "A^T" : "A") + (b ? " B^T" : " B") + ")" + (t ? "^T" : "");
            rows.add(OpSpec.of("left of " + name, "matmul", (sd, x) -> leftOperand(sd, x, a, b, t), 4));
            rows.add(OpSpec.of("right of " + name, "matmul", (sd, x) -> rightOperand(sd, x, a, b, t), 4));
            rows.add(OpSpec.of("batched " + name, "matmul", (sd, x) -> bothOperands(sd, x, a, b, t), 3, 3));
        }
        return rows;
    }

    /** tanh(x) W with flags undone by permutes around the product, so that the batch axis may move. */
    private static SDVariable leftOperand(SameDiff sd, SDVariable x, boolean a, boolean b, boolean t) {
        SDVariable left = a ? sd.permute(sd.math().tanh(x), 1, 0) : sd.math().tanh(x);
        SDVariable product = sd.mmul(left, b ? weight(sd, "w", 3, 4) : weight(sd, "w", 4, 3), a, b, t);
        return t ? sd.permute(product, 1, 0) : product;
    }

    private static SDVariable rightOperand(SameDiff sd, SDVariable x, boolean a, boolean b, boolean t) {
        SDVariable right = b ? sd.math().tanh(x) : sd.permute(sd.math().tanh(x), 1, 0);
        SDVariable product = sd.mmul(a ? weight(sd, "w", 4, 3) : weight(sd, "w", 3, 4), right, a, b, t);
        return t ? product : sd.permute(product, 1, 0);
    }

    private static SDVariable bothOperands(SameDiff sd, SDVariable x, boolean a, boolean b, boolean t) {
        return sd.mmul(sd.math().tanh(x), sd.math().sin(x), a, b, t);
    }

    private static List<OpSpec> shapes() {
        return List.of(
                OpSpec.of("reshape", "reshape", (sd, x) -> sd.math().tanh(sd.reshape(x, -1, 6)), 2, 3),
                OpSpec.of("reshape into the batch axis", "reshape", OpSpecs::rowsAsSamples, 2, 3),
                OpSpec.of("expand dims", "expand_dims", (sd, x) -> sd.math().tanh(sd.expandDims(x, 1)), 3),
                OpSpec.of("squeeze", "squeeze", (sd, x) -> sd.math().tanh(sd.squeeze(x, 1)), 1, 3),
                OpSpec.of("flatten", "flatten_2d", (sd, x) -> flatten2d(sd, x), 2, 3),
                OpSpec.of("permute", "permute", (sd, x) -> sd.math().tanh(sd.permute(x, 0, 2, 1)), 2, 3),
                OpSpec.of("permute of the batch axis", "permute", OpSpecs::timeMajor, 2, 3),
                OpSpec.of(
                        "transpose",
                        "transpose",
                        (sd, x) -> sd.transpose(sd.math().tanh(sd.transpose(x))),
                        3),
                OpSpec.of("cast and back", "cast", (sd, x) -> sd.math().tanh(x).castTo(DataType.DOUBLE), 3),
                OpSpec.of("tile", "tile", (sd, x) -> sd.math().tanh(sd.tile(x, 1, 2, 3)), 2, 2));
    }

    private static SDVariable flatten2d(SameDiff sd, SDVariable x) {
        return sd.math().tanh(new org.nd4j.linalg.api.ops.impl.shape.Flatten2D(sd, x, 1).outputVariable());
    }

    private static SDVariable rowsAsSamples(SameDiff sd, SDVariable x) {
        return sd.reshape(sd.math().tanh(sd.reshape(x, -1, 3).mmul(weight(sd, "w", 3, 4))), -1, 2, 4);
    }

    private static SDVariable timeMajor(SameDiff sd, SDVariable x) {
        return sd.permute(sd.math().tanh(sd.permute(x, 1, 0, 2)), 1, 0, 2);
    }

    private static List<OpSpec> reductions() {
        return List.of(
                OpSpec.of("sum", "reduce_sum", (sd, x) -> sd.math().square(sd.sum(x, 1)), 3, 4),
                OpSpec.of("sum, kept", "reduce_sum", (sd, x) -> sd.math().square(sd.sum(x, true, 2)), 3, 4),
                OpSpec.of("sum of two axes", "reduce_sum", (sd, x) -> sd.math().square(sd.sum(x, 1, 2)), 3, 2, 2),
                OpSpec.of("mean", "reduce_mean", (sd, x) -> sd.math().square(sd.mean(x, 1)), 3, 4),
                OpSpec.of(
                        "mean of the last axis",
                        "reduce_mean",
                        (sd, x) -> sd.math().square(sd.mean(x, -1)),
                        3,
                        4),
                OpSpec.of("softmax", "softmax", (sd, x) -> sd.nn().softmax(x, 1), 4),
                OpSpec.of(
                        "softmax of the last axis",
                        "softmax",
                        (sd, x) -> sd.nn().softmax(x, -1),
                        3,
                        4),
                OpSpec.of(
                        "softmax of a middle axis",
                        "softmax",
                        (sd, x) -> sd.nn().softmax(x, 1),
                        3,
                        4),
                OpSpec.of(
                        "softmax of one class, plus x",
                        "softmax",
                        (sd, x) -> sd.nn().softmax(x, 1).add(x),
                        1),
                OpSpec.of("log softmax", "log_softmax", (sd, x) -> sd.nn().logSoftmax(x), 4));
    }

    private static List<OpSpec> convolutions() {
        return List.of(
                conv("conv", Conv2DConfig.builder().kH(3).kW(2).build(), 2, 5, 4),
                conv(
                        "conv, strides divide evenly",
                        Conv2DConfig.builder().kH(3).kW(3).sH(2).sW(2).build(),
                        1,
                        7,
                        5),
                conv(
                        "conv 8x8 k3 s2 p1",
                        Conv2DConfig.builder()
                                .kH(3)
                                .kW(3)
                                .sH(2)
                                .sW(2)
                                .pH(1)
                                .pW(1)
                                .build(),
                        1,
                        8,
                        8),
                conv(
                        "conv, dilated",
                        Conv2DConfig.builder().kH(2).kW(3).dH(2).dW(1).pH(1).build(),
                        1,
                        6,
                        5),
                conv("conv SAME 9x9 s2", same().kH(3).kW(3).sH(2).sW(2).build(), 1, 9, 9),
                conv("conv SAME 8x8 s2", same().kH(3).kW(3).sH(2).sW(2).build(), 1, 8, 8),
                conv("conv SAME even kernel", same().kH(2).kW(4).build(), 1, 5, 5),
                OpSpec.of("conv NHWC", "conv2d", OpSpecs::convChannelsLast, 5, 4, 2),
                OpSpec.firstOrder(
                        "conv weights OIYX", "conv2d", (sd, x) -> convFormat(sd, x, WeightsFormat.OIYX), 2, 5, 4),
                OpSpec.firstOrder(
                        "conv weights OYXI", "conv2d", (sd, x) -> convFormat(sd, x, WeightsFormat.OYXI), 2, 5, 4),
                OpSpec.of("deconv", "deconv2d", OpSpecs::deconv, 2, 3, 3),
                OpSpec.of("strided slice of an image", "strided_slice", OpSpecs::cut, 2, 4, 5),
                OpSpec.of("pad of an image", "pad", OpSpecs::pad, 2, 3, 3));
    }

    private static Conv2DConfig.Conv2DConfigBuilder same() {
        return Conv2DConfig.builder().paddingMode(PaddingMode.SAME);
    }

    private static OpSpec conv(String label, Conv2DConfig config, long... inputShape) {
        return OpSpec.of(
                label,
                "conv2d",
                (sd, x) -> sd.math()
                        .tanh(sd.cnn()
                                .conv2d(
                                        x,
                                        weight(sd, "k", config.getKH(), config.getKW(), inputShape[0], 2),
                                        weight(sd, "b", 2),
                                        config)),
                inputShape);
    }

    private static SDVariable convChannelsLast(SameDiff sd, SDVariable x) {
        Conv2DConfig config =
                Conv2DConfig.builder().kH(3).kW(2).dataFormat("NHWC").build();
        return sd.math().tanh(sd.cnn().conv2d(x, weight(sd, "k", 3, 2, 2, 3), config));
    }

    private static SDVariable convFormat(SameDiff sd, SDVariable x, WeightsFormat format) {
        Conv2DConfig config =
                Conv2DConfig.builder().kH(3).kW(2).weightsFormat(format).build();
        long[] shape = format == WeightsFormat.OIYX ? new long[] {3, 2, 3, 2} : new long[] {3, 3, 2, 2};
        return sd.math().tanh(sd.cnn().conv2d(x, weight(sd, "k", shape), config));
    }

    private static SDVariable deconv(SameDiff sd, SDVariable x) {
        DeConv2DConfig config =
                DeConv2DConfig.builder().kH(3).kW(2).sH(2).sW(1).pH(1).build();
        return sd.math().tanh(sd.cnn().deconv2d(x, weight(sd, "k", 3, 2, 3, 2), config));
    }

    private static SDVariable cut(SameDiff sd, SDVariable x) {
        long[] ones = {1, 1, 1, 1};
        return sd.math()
                .tanh(sd.stridedSlice(x, new long[] {0, 0, 1, 0}, new long[] {0, 0, 0, -2}, ones, 3, 7, 0, 0, 0));
    }

    private static SDVariable pad(SameDiff sd, SDVariable x) {
        SDVariable widths = sd.constant(Nd4j.createFromArray(new int[][] {{0, 0}, {0, 0}, {0, 2}, {0, 1}}));
        return sd.math().tanh(sd.nn().pad(x, widths, 0));
    }

    private static List<OpSpec> poolings() {
        return List.of(
                pool(
                        "max pool",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2),
                        2,
                        4,
                        6),
                pool(
                        "max pool, rest dropped",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2),
                        1,
                        5,
                        5),
                pool(
                        "max pool, overlap",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(3).kW(2).sH(1).sW(2),
                        2,
                        5,
                        4),
                pool(
                        "max pool, padded",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(3).kW(3).sH(2).sW(2).pH(1).pW(1),
                        1,
                        6,
                        5),
                pool(
                        "max pool SAME",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).paddingMode(PaddingMode.SAME),
                        1,
                        5,
                        4),
                pool(
                        "max pool NHWC",
                        "maxpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(true),
                        4,
                        4,
                        2),
                pool(
                        "average pool",
                        "avgpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2),
                        2,
                        4,
                        6),
                pool(
                        "average pool, overlap",
                        "avgpool2d",
                        Pooling2DConfig.builder().kH(3).kW(2).sH(1).sW(2),
                        2,
                        5,
                        4),
                pool(
                        "average pool, padded",
                        "avgpool2d",
                        Pooling2DConfig.builder().kH(3).kW(3).sH(2).sW(2).pH(1).pW(1),
                        1,
                        6,
                        5),
                pool(
                        "average pool SAME",
                        "avgpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).paddingMode(PaddingMode.SAME),
                        1,
                        5,
                        4),
                pool(
                        "average pool NHWC",
                        "avgpool2d",
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(true),
                        4,
                        4,
                        2),
                OpSpec.of(
                        "upsampling",
                        "upsampling2d",
                        (sd, x) -> sd.math().tanh(sd.cnn().upsampling2d(x, 2, 3, true)),
                        2,
                        2,
                        3));
    }

    private static OpSpec pool(
            String label, String opName, Pooling2DConfig.Pooling2DConfigBuilder config, long... inputShape) {
        return OpSpec.of(
                label,
                opName,
                (sd, x) -> opName.equals("maxpool2d")
                        ? sd.cnn().maxPooling2d(sd.math().tanh(x), config.build())
                        : sd.cnn().avgPooling2d(sd.math().tanh(x), config.build()),
                inputShape);
    }
}
