package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Ops {@code y_i = f(x_i)}.
 *
 * <p>Derivatives are written in {@code y} where that spares an evaluation or an overflow. {@code step(x)} is 1 for {@code
 * x > 0} and 0 otherwise; it settles the kinks.
 */
final class ElementwiseRules {

    /**
     * gelu(x) = x sigmoid(1.702 x), ND4J's default approximation (Hendrycks and Gimpel, arXiv 1606.08415). ND4J holds the
     * slope in float32 whatever the type of x, and the derivative is that of what ND4J computes.
     */
    private static final double GELU_SLOPE = 1.702f;

    /**
     * ND4J's "precise" form is 0.5 x (1 + tanh(sqrt(2/pi) (x + (0.044715 x)^3))): in the paper the coefficient stands outside
     * the cube. The derivative is that of what ND4J 1.0.0-M2.1 computes.
     */
    private static final double GELU_CUBIC = Math.pow(0.044715, 3);

    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private ElementwiseRules() {}

    static void register(VjpRules.Builder rules) {
        registerActivations(rules);
        rules.linear("neg", (context, ct) -> ct.neg())
                .elementwise("exp", (x, y) -> y)
                .elementwise("square", (x, y) -> x.mul(2))
                .elementwise("cube", (x, y) -> x.mul(x).mul(3))
                .elementwise("abs", (x, y) -> x.getSameDiff().math().sign(x))
                .elementwise("log", (x, y) -> x.getSameDiff().math().reciprocal(x))
                .elementwise("sqrt", (x, y) -> y.rdiv(0.5))
                .elementwise("Reciprocal", (x, y) -> y.mul(y).neg())
                .elementwise("sin", (x, y) -> x.getSameDiff().math().cos(x))
                .elementwise("cos", (x, y) -> x.getSameDiff().math().sin(x).neg())
                .zero("sign", "step", "zeroslike", "onesLike", "ones_as", "zeros_as", "floor", "ceil", "round", "rint");
        registerScalarOps(rules);
    }

    private static void registerActivations(VjpRules.Builder rules) {
        rules.elementwise("sigmoid", (x, y) -> y.mul(y.rsub(1)))
                .elementwise("tanh", (x, y) -> y.mul(y).rsub(1))
                .elementwise("softplus", (x, y) -> sigmoid(x))
                .elementwise("swish", (x, y) -> swishDerivative(sigmoid(x), y))
                .elementwise("gelu", (x, y) -> geluDerivative(x))
                .elementwise("precise_gelu", (x, y) -> preciseGeluDerivative(x))
                .rule("relu", (context, ct) -> {
                    double cutoff = scalar(context);
                    return context.scale(ct, context.graph().math().step(context.input(0), cutoff));
                })
                .rule("leakyrelu", (context, ct) -> {
                    double slope = scalar(context);
                    SDVariable positive = context.graph().math().step(context.input(0), 0);
                    return context.scale(ct, positive.mul(1 - slope).add(slope));
                })
                .rule("elu", (context, ct) -> context.scale(ct, eluDerivative(context)));
    }

    /** Scalar arithmetic: the scalar is a number inside the op, not a variable. */
    private static void registerScalarOps(VjpRules.Builder rules) {
        rules.linear("identity", (context, ct) -> ct)
                .linear("add_scalar", (context, ct) -> ct)
                .linear("sub_scalar", (context, ct) -> ct)
                .linear("rsub_scalar", (context, ct) -> ct.neg())
                .linear("mul_scalar", (context, ct) -> ct.mul(scalar(context)))
                .linear("div_scalar", (context, ct) -> ct.div(scalar(context)))
                .rule("rdiv_scalar", (context, ct) -> {
                    // y = s / x, so y' = -s / x^2 = -y / x
                    SDVariable derivative =
                            context.output().div(context.input(0)).neg();
                    return context.scale(ct, derivative);
                })
                .rule("pow", ElementwiseRules::powByScalar)
                // y = x - n s with a whole number n, constant but for its jumps.
                .linear("fmod_scalar", (context, ct) -> ct);
    }

    /** y = x^p: y' = p x^(p-1), written without powers where p is 0, 1 or 2. */
    private static SDVariable powByScalar(VjpContext context, SDVariable ct) {
        double power = scalar(context);
        SDVariable x = context.input(0);
        if (power == 0 || power == 1) {
            return ct.mul(power);
        }
        SDVariable base = power == 2 ? x : x.getSameDiff().math().pow(x, power - 1);
        return context.scale(ct, base.mul(power));
    }

    private static double scalar(VjpContext context) {
        return ((ScalarOp) context.function()).scalar().getDouble(0);
    }

    private static SDVariable sigmoid(SDVariable x) {
        return x.getSameDiff().nn().sigmoid(x);
    }

    /** y = x s: y' = s + x s (1 - s) = s + y (1 - s). */
    private static SDVariable swishDerivative(SDVariable s, SDVariable y) {
        return s.add(y.mul(s.rsub(1)));
    }

    /** y = x s with s = sigmoid(k x): y' = s + k x s (1 - s). */
    private static SDVariable geluDerivative(SDVariable x) {
        SDVariable s = sigmoid(x.mul(GELU_SLOPE));
        return s.add(x.mul(GELU_SLOPE).mul(s).mul(s.rsub(1)));
    }

    /** y = x (1 + t)/2 with t = tanh(u(x)): y' = (1 + t)/2 + x (1 - t^2) u'(x) / 2. */
    private static SDVariable preciseGeluDerivative(SDVariable x) {
        SDVariable square = x.mul(x);
        SDVariable t =
                x.getSameDiff().math().tanh(x.mul(square.mul(GELU_CUBIC).add(1)).mul(SQRT_2_OVER_PI));
        SDVariable inner = square.mul(3 * GELU_CUBIC).add(1).mul(SQRT_2_OVER_PI);
        return t.add(1).add(x.mul(t.mul(t).rsub(1)).mul(inner)).mul(0.5);
    }

    /** For x <= 0, y = a (e^x - 1), so y' = y + a, which cannot overflow as a e^x would for large positive x. */
    private static SDVariable eluDerivative(VjpContext context) {
        double alpha = ((DynamicCustomOp) context.function()).tArgs()[0];
        SDVariable positive = context.graph().math().step(context.input(0), 0);
        return positive.add(positive.rsub(1).mul(context.output().add(alpha)));
    }
}
