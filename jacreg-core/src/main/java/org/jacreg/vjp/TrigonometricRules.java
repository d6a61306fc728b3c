package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Circular and hyperbolic functions, error functions, and relatives of the exponential and the logarithm. */
final class TrigonometricRules {

    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    private TrigonometricRules() {}

    static void register(VjpRules.Builder rules) {
        rules.elementwise("tan", (x, y) -> y.mul(y).add(1))
                .elementwise("asin", (x, y) -> math(x).rsqrt(square(x).rsub(1)))
                .elementwise("acos", (x, y) -> math(x).rsqrt(square(x).rsub(1)).neg())
                .elementwise("atan", (x, y) -> math(x).reciprocal(square(x).add(1)))
                .elementwise("sinh", (x, y) -> math(x).cosh(x))
                .elementwise("cosh", (x, y) -> math(x).sinh(x))
                .elementwise("asinh", (x, y) -> math(x).rsqrt(square(x).add(1)))
                .elementwise("acosh", (x, y) -> math(x).rsqrt(square(x).sub(1)))
                .elementwise("atanh", (x, y) -> math(x).reciprocal(square(x).rsub(1)))
                .elementwise("erf", (x, y) -> bell(x).mul(TWO_OVER_ROOT_PI))
                .elementwise("erfc", (x, y) -> bell(x).mul(-TWO_OVER_ROOT_PI))
                // y + 1 would lose all digits where x is far below zero.
                .elementwise("expm1", (x, y) -> math(x).exp(x))
                .elementwise("log1p", (x, y) -> math(x).reciprocal(x.add(1)))
                .elementwise("rsqrt", (x, y) -> y.mul(y).mul(y).mul(-0.5))
                .rule("log_x", (context, ct) -> {
                    double base = ((ScalarOp) context.function()).scalar().getDouble(0);
                    return context.scale(ct, context.input(0).rdiv(1 / Math.log(base)));
                });
    }

    private static SDMath math(SDVariable x) {
        return x.getSameDiff().math();
    }

    private static SDVariable square(SDVariable x) {
        return math(x).square(x);
    }

    /** exp(-x^2). */
    private static SDVariable bell(SDVariable x) {
        return math(x).exp(square(x).neg());
    }
}
