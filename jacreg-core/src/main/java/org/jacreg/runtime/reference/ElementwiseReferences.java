package org.jacreg.runtime.reference;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.nd4j.linalg.api.buffer.DataType;

/** Functions of one number, their backward ops, and functions of a number and a constant of the op. */
final class ElementwiseReferences {

    /** ND4J holds this constant of its gelu in float32, whatever the type. */
    private static final double GELU = 1.702f;

    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    private ElementwiseReferences() {}

    @FunctionalInterface
    private interface WithNumber {
        double at(double x, double number);
    }

    static void addTo(References.Builder builder) {
        plain(builder);
        unary(builder, "neg", x -> -x);
        unary(builder, "sign", Math::signum);
        unary(builder, "abs", Math::abs);
        unary(builder, "square", x -> x * x);
        unary(builder, "cube", x -> x * x * x);
        unary(builder, "oneminus", x -> 1 - x);
        unary(builder, "sigmoid", ElementwiseReferences::sigmoid);
        unary(builder, "swish", x -> x * sigmoid(x));
        unary(builder, "_swishderivative", x -> sigmoid(x) * (1 + x * (1 - sigmoid(x))));
        unary(builder, "gelu", x -> x * sigmoid(GELU * x));
        unary(builder, "softplus", x -> Math.log1p(Math.exp(x)));
        unary(builder, "softsign", x -> x / (1 + Math.abs(x)));
        unary(builder, "selu", ElementwiseReferences::selu);
        unary(builder, "hardtanh", x -> Math.max(-1, Math.min(1, x)));
        unary(builder, "relu6", x -> Math.max(0, Math.min(6, x)));
        withNumbers(builder);
        backward(builder);
        // What is fed decides nothing about what comes out.
        builder.add("ones_as", Reference.of((call, o, i) -> 1));
        builder.add("zeroslike", Reference.of((call, o, i) -> 0));
        builder.add("cast", Reference.of((call, o, i) -> cast(call.in(0).at(i), DataType.fromInt(call.integer(0)))));
    }

    private static void plain(References.Builder builder) {
        unary(builder, "exp", Math::exp);
        unary(builder, "expm1", Math::expm1);
        unary(builder, "sin", Math::sin);
        unary(builder, "cos", Math::cos);
        unary(builder, "tan", Math::tan);
        unary(builder, "atan", Math::atan);
        unary(builder, "sinh", Math::sinh);
        unary(builder, "cosh", Math::cosh);
        unary(builder, "tanh", Math::tanh);
        unary(builder, "asin", Math::asin);
        unary(builder, "acos", Math::acos);
        unary(builder, "erf", Erf::erf);
        positive(builder, "log", Math::log);
        positive(builder, "log1p", Math::log1p);
        positive(builder, "sqrt", Math::sqrt);
        positive(builder, "rsqrt", x -> 1 / Math.sqrt(x));
        positive(builder, "Reciprocal", x -> 1 / x);
    }

    private static void withNumbers(References.Builder builder) {
        number(builder, "add_scalar", (x, a) -> x + a);
        number(builder, "sub_scalar", (x, a) -> x - a);
        number(builder, "rsub_scalar", (x, a) -> a - x);
        number(builder, "mul_scalar", (x, a) -> x * a);
        number(builder, "div_scalar", (x, a) -> x / a);
        number(builder, "max_scalar", Math::max);
        number(builder, "scalar_min", Math::min);
        number(builder, "relu", (x, a) -> x > a ? x : 0);
        number(builder, "step", (x, a) -> x > a ? 1 : 0);
        number(builder, "leakyrelu", (x, a) -> x > 0 ? x : a * x);
        number(builder, "elu", (x, a) -> x > 0 ? x : a * Math.expm1(x));
        number(builder, "equals_scalar", (x, a) -> x == a ? 1 : 0);
        number(builder, "notequals_scalar", (x, a) -> x == a ? 0 : 1);
        number(builder, "greaterthan_scalar", (x, a) -> x > a ? 1 : 0);
        number(builder, "lessthan_scalar", (x, a) -> x < a ? 1 : 0);
        builder.add("rdiv_scalar", numbered((x, a) -> a / x).positive());
        builder.add("pow", numbered(Math::pow).positive());
        builder.add("_powderivative", numbered((x, a) -> a * Math.pow(x, a - 1)).positive());
    }

    /** Operands: the function's own, and the gradient that reaches its result. */
    private static void backward(References.Builder builder) {
        gradient(builder, "tanh_bp", (x, a) -> 1 - Math.tanh(x) * Math.tanh(x));
        gradient(builder, "sigmoid_bp", (x, a) -> sigmoid(x) * (1 - sigmoid(x)));
        gradient(builder, "softplus_bp", (x, a) -> sigmoid(x));
        gradient(builder, "softsign_bp", (x, a) -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));
        gradient(builder, "cube_bp", (x, a) -> 3 * x * x);
        gradient(builder, "thresholdedrelu_bp", (x, a) -> x > a ? 1 : 0);
        gradient(builder, "relu_bp", (x, a) -> x > a ? 1 : 0);
        gradient(builder, "relu6_bp", (x, a) -> x > 0 && x < 6 ? 1 : 0);
        gradient(builder, "hardtanh_bp", (x, a) -> Math.abs(x) <= 1 ? 1 : 0);
        // ND4J holds the slope in float32, whatever the type.
        gradient(builder, "lrelu_bp", (x, a) -> x > 0 ? 1 : (float) a);
        gradient(builder, "elu_bp", (x, a) -> x > 0 ? 1 : a * Math.exp(x));
        gradient(builder, "selu_bp", (x, a) -> x > 0 ? SELU_SCALE : SELU_SCALE * SELU_ALPHA * Math.exp(x));
    }

    private static double cast(double x, DataType type) {
        if (type.isFPType()) {
            return x;
        }
        return type == DataType.BOOL ? (x == 0 ? 0 : 1) : Math.signum(x) * Math.floor(Math.abs(x));
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double selu(double x) {
        return SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
    }

    private static Reference mapped(DoubleUnaryOperator f) {
        return Reference.of((call, o, i) -> f.applyAsDouble(call.in(0).at(i)));
    }

    private static void unary(References.Builder builder, String name, DoubleUnaryOperator f) {
        builder.add(name, mapped(f));
    }

    private static void positive(References.Builder builder, String name, DoubleUnaryOperator f) {
        builder.add(name, mapped(f).positive());
    }

    private static Reference numbered(WithNumber f) {
        return Reference.of((call, o, i) -> f.at(call.in(0).at(i), call.number(0, 0)));
    }

    private static void number(References.Builder builder, String name, WithNumber f) {
        builder.add(name, numbered(f));
    }

    private static void gradient(References.Builder builder, String name, WithNumber slope) {
        builder.add(
                name,
                Reference.of((call, o, i) -> slope.at(call.in(0).at(i), call.number(0, 0))
                        * call.in(1).at(i)));
    }
}
