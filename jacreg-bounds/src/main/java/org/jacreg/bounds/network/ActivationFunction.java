package org.jacreg.bounds.network;

import org.jspecify.annotations.Nullable;

/**
 * An activation function with the constants that theorems ask for.
 *
 * @param kind which
 * @param parameter the slope of leaky ReLU below 0, alpha of ELU; unused by the others
 */
public record ActivationFunction(Kind kind, double parameter) {

    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    /** ND4J holds these two in float32 whatever the type of x. */
    private static final double GELU_SLOPE = 1.702f;

    private static final double HARD_SIGMOID_SLOPE = 0.2f;

    /** Above the maximum of {@code s(u) + u s(u) (1 - s(u))}, s the logistic function, which is 1.09983931936... at 2.3993... */
    private static final double SWISH_LIPSCHITZ = 1.0998394;

    /** Above {@code Phi(u) + u phi(u)} at {@code u = sqrt(2)}, which is 1.12890415... */
    private static final double EXACT_GELU_LIPSCHITZ = 1.1289042;

    /** The functions. */
    public enum Kind {
        /** max(x, 0). */
        RELU,
        /** min(max(x, 0), 6). */
        RELU6,
        /** x above 0, a x below. */
        LEAKY_RELU,
        /** The hyperbolic tangent. */
        TANH,
        /** 1 / (1 + e^-x). */
        SIGMOID,
        /** ln(1 + e^x). */
        SOFTPLUS,
        /** x above 0, a (e^x - 1) below. */
        ELU,
        /** Scaled ELU. */
        SELU,
        /** x sigmoid(x). */
        SWISH,
        /** x sigmoid(1.702 x), which is what ND4J computes under that name. */
        GELU,
        /** x / (1 + |x|). */
        SOFTSIGN,
        /** min(max(x, -1), 1). */
        HARD_TANH,
        /** min(max(0.2 x + 0.5, 0), 1). */
        HARD_SIGMOID,
        /** The error function. */
        ERF,
        /** x Phi(x), Phi the distribution function of the normal law: GELU as it is defined, written out with the error function. */
        EXACT_GELU
    }

    /**
     * Checks the parameter.
     *
     * @param kind which function
     * @param parameter its parameter
     * @throws IllegalArgumentException if the parameter is not finite
     */
    public ActivationFunction {
        if (!(Math.abs(parameter) < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "parameter of activation " + kind + ": got " + parameter + ", wanted a finite number");
        }
    }

    /**
     * A function without parameter.
     *
     * @param kind which; not leaky ReLU or ELU
     * @return the function
     * @throws IllegalArgumentException if the function has a parameter
     */
    public static ActivationFunction of(Kind kind) {
        if (kind == Kind.LEAKY_RELU || kind == Kind.ELU) {
            throw new IllegalArgumentException("activation " + kind + " has a parameter; use the constructor");
        }
        return new ActivationFunction(kind, 0);
    }

    /** The function behind an op of ND4J without parameters, or null. */
    static @Nullable ActivationFunction named(String opName) {
        return switch (opName) {
            case "tanh" -> of(Kind.TANH);
            case "sigmoid" -> of(Kind.SIGMOID);
            case "softplus" -> of(Kind.SOFTPLUS);
            case "selu" -> of(Kind.SELU);
            case "swish" -> of(Kind.SWISH);
            case "gelu" -> of(Kind.GELU);
            case "softsign" -> of(Kind.SOFTSIGN);
            case "hardtanh" -> of(Kind.HARD_TANH);
            case "hard_sigmoid" -> of(Kind.HARD_SIGMOID);
            case "erf" -> of(Kind.ERF);
            default -> null;
        };
    }

    /**
     * The value.
     *
     * @param x the argument
     * @return {@code phi(x)}
     */
    public double value(double x) {
        return switch (kind) {
            case RELU -> Math.max(x, 0);
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case LEAKY_RELU -> x > 0 ? x : parameter * x;
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case ELU -> x > 0 ? x : parameter * Math.expm1(x);
            case SELU -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
            case SWISH -> x * sigmoid(x);
            case GELU -> x * sigmoid(GELU_SLOPE * x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case HARD_TANH -> Math.min(Math.max(x, -1), 1);
            case HARD_SIGMOID -> Math.min(Math.max(HARD_SIGMOID_SLOPE * x + 0.5, 0), 1);
            case ERF -> ErrorFunction.value(x);
            case EXACT_GELU -> x * ErrorFunction.normal(x);
        };
    }

    /**
     * The derivative; at a kink the value from below, as for {@code relu'(0) = 0}.
     *
     * @param x the argument
     * @return {@code phi'(x)}
     */
    public double derivative(double x) {
        return switch (kind) {
            case RELU -> x > 0 ? 1 : 0;
            case RELU6 -> x > 0 && x <= 6 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : parameter;
            case TANH -> (1 - Math.tanh(x)) * (1 + Math.tanh(x));
            case SIGMOID -> sigmoid(x) * sigmoid(-x);
            case SOFTPLUS -> sigmoid(x);
            case ELU -> x > 0 ? 1 : parameter * Math.exp(x);
            case SELU -> SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x));
            case SWISH -> sigmoid(x) * (1 + x * sigmoid(-x));
            case GELU -> sigmoid(GELU_SLOPE * x) * (1 + GELU_SLOPE * x * sigmoid(-GELU_SLOPE * x));
            case SOFTSIGN -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
            case HARD_TANH -> Math.abs(x) <= 1 ? 1 : 0;
            case HARD_SIGMOID -> Math.abs(x) <= 2.5 ? HARD_SIGMOID_SLOPE : 0;
            case ERF -> ErrorFunction.derivative(x);
            case EXACT_GELU -> ErrorFunction.normal(x) + x * ErrorFunction.density(x);
        };
    }

    /**
     * A Lipschitz constant.
     *
     * @return {@code sup |phi'|}, rounded up
     */
    public double lipschitz() {
        return switch (kind) {
            case RELU, RELU6, TANH, SOFTPLUS, SOFTSIGN, HARD_TANH -> 1;
            case LEAKY_RELU, ELU -> Math.max(1, Math.abs(parameter));
            case SIGMOID -> 0.25;
            case SELU -> Math.nextUp(SELU_SCALE * SELU_ALPHA);
            case SWISH, GELU -> SWISH_LIPSCHITZ;
            case HARD_SIGMOID -> HARD_SIGMOID_SLOPE;
            case ERF -> up(2 / Math.sqrt(Math.PI));
            case EXACT_GELU -> EXACT_GELU_LIPSCHITZ;
        };
    }

    /**
     * A Lipschitz constant {@code beta} of the derivative.
     *
     * @return {@code sup |phi''|}, rounded up; infinite where the derivative jumps
     */
    public double smoothness() {
        return switch (kind) {
            case RELU, RELU6, SELU, HARD_TANH, HARD_SIGMOID -> Double.POSITIVE_INFINITY;
            case LEAKY_RELU -> parameter == 1 ? 0 : Double.POSITIVE_INFINITY;
            case TANH -> up(4 / (3 * Math.sqrt(3)));
            case SIGMOID -> up(1 / (6 * Math.sqrt(3)));
            case SOFTPLUS -> 0.25;
            case ELU -> parameter == 1 ? 1 : Double.POSITIVE_INFINITY;
            case SWISH -> 0.5;
            case GELU -> GELU_SLOPE / 2;
            case SOFTSIGN -> 2;
            case ERF -> up(2 * Math.sqrt(2 / Math.PI) * Math.exp(-0.5));
            case EXACT_GELU -> up(Math.sqrt(2 / Math.PI));
        };
    }

    /**
     * Whether the function never falls: its values on an interval then lie between those at the ends.
     *
     * @return true but for swish, both forms of GELU, and leaky ReLU or ELU with a negative parameter
     */
    public boolean monotone() {
        return switch (kind) {
            case SWISH, GELU, EXACT_GELU -> false;
            case LEAKY_RELU, ELU -> parameter >= 0;
            default -> true;
        };
    }

    private static double up(double x) {
        return Math.nextUp(Math.nextUp(x));
    }

    private static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
}
