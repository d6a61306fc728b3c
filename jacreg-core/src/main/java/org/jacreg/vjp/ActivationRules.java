package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Activation functions beyond the common ones of {@link ElementwiseRules}.
 *
 * <p>Constants that ND4J 1.0.0-M2.1 holds in float32 whatever the type of x are held so here too: the derivative is that of
 * what is computed.
 */
final class ActivationRules {

    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double HARD_SIGMOID_SLOPE = 0.2f;
    private static final double RELU6_CEILING = 6;

    /** The rational tanh of arXiv 1508.01292: y = a sign(x) (1 - 1 / (1 + t + t^2 + c t^4)) with t = |2 x / 3|. */
    private static final double RATIONAL_SCALE = 1.7159f;

    private static final double RATIONAL_QUARTIC = 1.41645f;
    private static final double RATIONAL_SLOPE = 2.0f / 3.0f;

    private ActivationRules() {}

    static void register(VjpRules.Builder rules) {
        rules.elementwise("hard_sigmoid", (x, y) -> within(x, 2.5).mul(HARD_SIGMOID_SLOPE))
                .elementwise("hardtanh", (x, y) -> within(x, 1))
                .elementwise("rational_tanh", (x, y) -> rationalTanhDerivative(x))
                .elementwise("rectified_tanh", (x, y) -> step(x, 0).mul(y.mul(y).rsub(1)))
                .elementwise("logsigmoid", (x, y) -> sigmoid(x.neg()))
                .elementwise(
                        "softsign",
                        (x, y) ->
                                math(x).reciprocal(math(x).square(math(x).abs(x).add(1))))
                .elementwise("selu", ActivationRules::seluDerivative)
                .rule("relu6", ActivationRules::relu6)
                .rule("thresholdedrelu", (context, ct) -> {
                    double cutoff = ((DynamicCustomOp) context.function()).tArgs()[0];
                    return context.scale(ct, step(context.input(0), cutoff));
                })
                .broadcasting("prelu", OpKind.BESPOKE, ActivationRules::preluByInput, ActivationRules::preluBySlope)
                .rule("crelu", ActivationRules::crelu);
        rules.unsupported(
                "mish",
                "ND4J 1.0.0-M2.1 can neither copy nor save a graph that has it; write x.mul(tanh(softplus(x)))");
        registerDerivatives(rules);
    }

    /** Derivatives of activations that ND4J offers as functions of their own. */
    private static void registerDerivatives(VjpRules.Builder rules) {
        rules.zero("hardtanhderivative", "leakyreluderivative")
                .elementwise("softsignderivative", (x, y) -> {
                    SDVariable root = math(x).abs(x).add(1);
                    return math(x).sign(x).mul(-2).div(root.mul(root).mul(root));
                })
                .rules(
                        "sigmoid_bp",
                        OpKind.BESPOKE,
                        Map.of(0, ActivationRules::sigmoidDerivativeByInput, 1, (context, ct) -> {
                            SDVariable s = sigmoid(context.input(0));
                            return context.scale(ct, s.mul(s.rsub(1)));
                        }));
    }

    /** 1 where |x| is at most the bound, 0 elsewhere: an edge counts as inside. */
    private static SDVariable within(SDVariable x, double bound) {
        return step(math(x).abs(x), bound).rsub(1);
    }

    /** With D = 1 + t + t^2 + c t^4: y' = a 2/3 D'(t) / D^2. */
    private static SDVariable rationalTanhDerivative(SDVariable x) {
        SDVariable t = math(x).abs(x).mul(RATIONAL_SLOPE);
        SDVariable square = t.mul(t);
        SDVariable denominator =
                t.add(square).add(square.mul(square).mul(RATIONAL_QUARTIC)).add(1);
        SDVariable slope = t.mul(2).add(square.mul(t).mul(4 * RATIONAL_QUARTIC)).add(1);
        return slope.div(denominator.mul(denominator)).mul(RATIONAL_SCALE * RATIONAL_SLOPE);
    }

    /** For x <= 0, y = s a (e^x - 1), so y' = y + s a, which cannot overflow. */
    private static SDVariable seluDerivative(SDVariable x, SDVariable y) {
        SDVariable positive = step(x, 0);
        return positive.mul(SELU_SCALE).add(positive.rsub(1).mul(y.add(SELU_SCALE * SELU_ALPHA)));
    }

    /** y = min(max(x, cutoff), 6). */
    private static SDVariable relu6(VjpContext context, SDVariable ct) {
        double cutoff = ((ScalarOp) context.function()).scalar().getDouble(0);
        SDVariable x = context.input(0);
        return context.scale(ct, step(x, cutoff).mul(step(x, RELU6_CEILING).rsub(1)));
    }

    /** The slopes have the shape of x without its batch axis, 1 on shared axes; every rank below that broadcasts too. */
    private static SDVariable preluByInput(VjpContext context, SDVariable ct) {
        SDVariable positive = step(context.input(0), 0);
        return context.scale(ct, positive.add(positive.rsub(1).mul(context.input(1))));
    }

    private static SDVariable preluBySlope(VjpContext context, SDVariable ct) {
        SDVariable x = context.input(0);
        return context.scale(ct, step(x, 0).rsub(1).mul(x));
    }

    /** y = [relu(x), relu(-x)] along the last axis. */
    private static SDVariable crelu(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        int last = in.rank() - 1;
        context.requireNotBatchAxis(last);
        long[] none = new long[in.rank()];
        long[] half = new long[in.rank()];
        half[last] = in.dim(last);
        SDVariable x = context.input(0);
        SDVariable above = EdgeRules.cut(context.graph(), ct, none, half);
        SDVariable below = EdgeRules.cut(context.graph(), ct, half, none);
        return context.perCotangent(above, in.toArray(), in.toArray(), c -> c.mul(step(x, 0)))
                .sub(context.perCotangent(below, in.toArray(), in.toArray(), c -> c.mul(step(x.neg(), 0))));
    }

    /** y = g s (1 - s) with s = sigmoid(x): dy/dx = g s (1 - s) (1 - 2 s). */
    private static SDVariable sigmoidDerivativeByInput(VjpContext context, SDVariable ct) {
        SDVariable s = sigmoid(context.input(0));
        return context.scale(ct, context.output().mul(s.mul(-2).add(1)));
    }

    private static SDVariable step(SDVariable x, double cutoff) {
        return math(x).step(x, cutoff);
    }

    private static SDVariable sigmoid(SDVariable x) {
        return x.getSameDiff().nn().sigmoid(x);
    }

    private static SDMath math(SDVariable x) {
        return x.getSameDiff().math();
    }
}
