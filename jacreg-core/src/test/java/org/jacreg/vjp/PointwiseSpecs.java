package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.transforms.custom.ThresholdRelu;

/** Rows of the table: elementwise functions. */
final class PointwiseSpecs {

    private PointwiseSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(functions());
        rows.addAll(activations());
        rows.addAll(derivatives());
        rows.addAll(scalars());
        rows.addAll(PairwiseSpecs.rows());
        return rows;
    }

    private static List<OpSpec> functions() {
        return List.of(
                // Away from the poles at +-pi/2.
                within("tan", "tan", -1.2, 1.2, (sd, x) -> sd.math().tan(x)),
                within("asin", "asin", -0.7, 0.7, (sd, x) -> sd.math().asin(x)),
                within("acos", "acos", -0.7, 0.7, (sd, x) -> sd.math().acos(x)),
                OpSpec.of("atan", "atan", (sd, x) -> sd.math().atan(x), 4),
                OpSpec.of("sinh", "sinh", (sd, x) -> sd.math().sinh(x), 4),
                OpSpec.of("cosh", "cosh", (sd, x) -> sd.math().cosh(x), 4),
                OpSpec.of("asinh", "asinh", (sd, x) -> sd.math().asinh(x), 4),
                within("acosh", "acosh", 1.8, 4, (sd, x) -> sd.math().acosh(x)),
                within("atanh", "atanh", -0.7, 0.7, (sd, x) -> sd.math().atanh(x)),
                OpSpec.of("erf", "erf", (sd, x) -> sd.math().erf(x), 4),
                OpSpec.of("erf of an image", "erf", (sd, x) -> sd.math().erf(x), 2, 3, 2),
                OpSpec.of("erfc", "erfc", (sd, x) -> sd.math().erfc(x), 4),
                OpSpec.of("gelu by erf", "erf", PointwiseSpecs::geluByErf, 4),
                OpSpec.of("expm1", "expm1", (sd, x) -> sd.math().expm1(x), 4),
                OpSpec.positive("log1p", "log1p", (sd, x) -> sd.math().log1p(x), 4),
                OpSpec.positive("rsqrt", "rsqrt", (sd, x) -> sd.math().rsqrt(x), 4),
                OpSpec.positive("log to base 2", "log_x", (sd, x) -> sd.math().log(x, 2), 4));
    }

    private static SDVariable geluByErf(SameDiff sd, SDVariable x) {
        return x.mul(sd.math().erf(x.div(Math.sqrt(2))).add(1)).mul(0.5);
    }

    private static List<OpSpec> activations() {
        return List.of(
                within(
                        "hard sigmoid",
                        "hard_sigmoid",
                        -5,
                        5,
                        (sd, x) -> square(sd, sd.nn().hardSigmoid(x))),
                OpSpec.of("hard tanh", "hardtanh", (sd, x) -> square(sd, sd.nn().hardTanh(x)), 5),
                OpSpec.of("rational tanh", "rational_tanh", (sd, x) -> sd.math().rationalTanh(x), 5),
                OpSpec.of(
                        "rectified tanh", "rectified_tanh", (sd, x) -> sd.math().rectifiedTanh(x), 5),
                OpSpec.of("log sigmoid", "logsigmoid", (sd, x) -> sd.nn().logSigmoid(x), 5),
                OpSpec.of("softsign", "softsign", (sd, x) -> sd.nn().softsign(x), 5),
                OpSpec.of("selu", "selu", (sd, x) -> sd.nn().selu(x), 5),
                within("relu6", "relu6", -4, 9, (sd, x) -> square(sd, sd.nn().relu6(x, 0))),
                within(
                        "relu6 with cutoff",
                        "relu6",
                        -4,
                        9,
                        (sd, x) -> square(sd, sd.nn().relu6(x, 0.5))),
                OpSpec.of("thresholded relu", "thresholdedrelu", PointwiseSpecs::thresholdedRelu, 5),
                OpSpec.of("prelu", "prelu", (sd, x) -> prelu(sd, x, new long[] {1}, 1), 4),
                OpSpec.of("prelu, shared axis", "prelu", (sd, x) -> prelu(sd, x, new long[] {1, 3}, 1), 2, 3),
                OpSpec.of("prelu of channels", "prelu", (sd, x) -> prelu(sd, x, new long[] {2, 1}, 2), 2, 3),
                OpSpec.of("crelu", "crelu", (sd, x) -> square(sd, sd.nn().cReLU(x)), 4),
                OpSpec.of(
                        "crelu of an image",
                        "crelu",
                        (sd, x) -> square(sd, sd.nn().cReLU(x)),
                        2,
                        3));
    }

    private static SDVariable thresholdedRelu(SameDiff sd, SDVariable x) {
        return square(sd, new ThresholdRelu(sd, x, 0.5).outputVariable());
    }

    private static SDVariable prelu(SameDiff sd, SDVariable x, long[] slopes, int... sharedAxes) {
        return square(sd, sd.nn().prelu(x, OpSpecs.weight(sd, "a", slopes), sharedAxes));
    }

    /** ND4J cannot differentiate its own derivatives: it says so, or ignores the incoming gradient. */
    private static List<OpSpec> derivatives() {
        return List.of(
                OpSpec.firstOrder(
                        "softsign derivative",
                        "softsignderivative",
                        (sd, x) -> sd.nn().softsignDerivative(x),
                        4),
                OpSpec.firstOrder(
                        "softmax derivative",
                        "softmax_bp",
                        (sd, x) -> sd.nn().softmaxDerivative(x, sd.math().tanh(x), 1),
                        4),
                OpSpec.firstOrder(
                        "sigmoid derivative",
                        "sigmoid_bp",
                        (sd, x) -> sd.nn().sigmoidDerivative(x, sd.math().tanh(x)),
                        4));
    }

    private static List<OpSpec> scalars() {
        return List.of(
                OpSpec.of("x^3", "pow", (sd, x) -> sd.math().pow(x, 3), 4),
                OpSpec.of("x^2", "pow", (sd, x) -> sd.math().pow(x, 2), 4),
                OpSpec.of("x^1", "pow", (sd, x) -> square(sd, sd.math().pow(x, 1)), 4),
                OpSpec.positive("x^2.5", "pow", (sd, x) -> sd.math().pow(x, 2.5), 4),
                OpSpec.positive("x^-1.5", "pow", (sd, x) -> sd.math().pow(x, -1.5), 4),
                OpSpec.of("max(x, 0.3)", "max_scalar", (sd, x) -> square(sd, sd.scalarMax(x, 0.3)), 5),
                OpSpec.of("min(x, 0.3)", "scalar_min", (sd, x) -> square(sd, sd.scalarMin(x, 0.3)), 5),
                OpSpec.of(
                        "x mod 0.7",
                        "fmod_scalar",
                        (sd, x) -> square(sd, sd.math().floorMod(x, 0.7)),
                        5),
                OpSpec.of("clip", "ClipByValue", (sd, x) -> square(sd, sd.math().clipByValue(x, -1, 0.5)), 5),
                // ND4J has wrong gradients for the first two and none for the third.
                OpSpec.firstOrder(
                        "clip by norm",
                        "clipbynorm",
                        (sd, x) -> square(sd, sd.math().clipByNorm(x, 2, 1)),
                        4),
                OpSpec.firstOrder(
                        "clip by norm of a sample",
                        "clipbynorm",
                        (sd, x) -> square(sd, sd.math().clipByNorm(x, 2.5, 1, 2)),
                        2,
                        3),
                OpSpec.firstOrder(
                        "clip by average norm",
                        "clipbyavgnorm",
                        (sd, x) -> square(sd, sd.math().clipByAvgNorm(x, 0.6, 1)),
                        4),
                OpSpec.firstOrder("clip by constants", "ClipByValue", PointwiseSpecs::clipByConstants, 5));
    }

    /** ND4J's own gradient takes the bounds for 0 here. */
    private static SDVariable clipByConstants(SameDiff sd, SDVariable x) {
        return square(sd, sd.clipByValue(x, sd.constant(-1.0), sd.constant(0.5)));
    }

    private static OpSpec within(String label, String opName, double lower, double upper, OpSpec.Op op) {
        return new OpSpec(label, opName, new long[] {5}, lower, upper, true, op);
    }

    static SDVariable square(SameDiff sd, SDVariable x) {
        return sd.math().square(x);
    }
}
