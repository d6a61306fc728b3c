package org.jacreg.bounds.certify;

import org.jacreg.bounds.network.ActivationFunction;

/**
 * Bounds of an activation function's derivative on an interval, at kinks of all slopes between those on both sides.
 *
 * <p>Between the points listed here the derivative is monotone, so that its extremes are at these points, approached from either side,
 * and at the interval's ends.
 */
final class DerivativeRange {

    /** Above the relative error of a derivative in float64. */
    private static final double EVALUATION = 0x1p-44;

    /** Where the derivative of {@code x sigmoid(x)} has its extremes. */
    private static final double SWISH = 2.399357280520069;

    private final ActivationFunction function;
    private final double[] turns;
    private final boolean exact;

    DerivativeRange(ActivationFunction function) {
        this.function = function;
        this.turns = turns(function);
        this.exact = switch (function.kind()) {
            case RELU, RELU6, LEAKY_RELU, HARD_TANH, HARD_SIGMOID -> true;
            default -> false;
        };
    }

    private static double[] turns(ActivationFunction f) {
        return switch (f.kind()) {
            case RELU, LEAKY_RELU, ELU, SELU, TANH, SIGMOID, SOFTSIGN, ERF -> new double[] {0};
            case RELU6 -> new double[] {0, 6};
            case HARD_TANH -> new double[] {-1, 1};
            // where the op clips, and where it would without rounding of its slope
            case HARD_SIGMOID -> new double[] {-2.5, -0.5 / 0.2f, 0.5 / 0.2f, 2.5};
            case SOFTPLUS -> new double[0];
            case SWISH -> new double[] {-SWISH, SWISH};
            case GELU -> new double[] {-SWISH / 1.702f, SWISH / 1.702f};
            case EXACT_GELU -> new double[] {-Math.sqrt(2), Math.sqrt(2)};
        };
    }

    /** Writes bounds for [l, u] into {@code range[0]} and {@code range[1]}. */
    void on(double l, double u, double[] range) {
        range[0] = Double.POSITIVE_INFINITY;
        range[1] = Double.NEGATIVE_INFINITY;
        include(l, range);
        include(u, range);
        for (double turn : turns) {
            if (l <= turn && turn <= u) {
                include(turn, range);
                include(Math.nextDown(turn), range);
                include(Math.nextUp(turn), range);
            }
        }
        if (function.kind() == ActivationFunction.Kind.HARD_SIGMOID && u >= -2.5 && l <= 2.5) {
            range[0] = l <= turns[1] || u >= turns[2] ? Math.min(range[0], 0) : range[0];
        }
        if (!exact) {
            double doubt = EVALUATION * (1 + Math.max(Math.abs(range[0]), Math.abs(range[1])));
            range[0] -= doubt;
            range[1] += doubt;
        }
    }

    private void include(double x, double[] range) {
        double slope = function.derivative(x);
        range[0] = Math.min(range[0], slope);
        range[1] = Math.max(range[1], slope);
    }
}
