package org.jacreg.bounds.certify;

import org.jacreg.bounds.network.ActivationFunction;

/**
 * Where an activation function is convex, concave or straight, and from that sound extremes of {@code phi(x) - s x} on an interval for
 * any slope s.
 *
 * <p>On a convex stretch [p, q] and for any t in it, {@code g(x) = phi(x) - s x >= g(t) + g'(t) (x - t)}, so a point t that is only near
 * the minimum still gives a bound; a concave stretch is a convex one of {@code -phi}. Nothing rests on a point found by iteration.
 */
final class ActivationShape {

    /** Relative to 1 + |phi| + |s x|: above the error of phi and phi' in float64. */
    private static final double EVALUATION = 0x1p-46;

    /** The positive solution of {@code x tanh(x / 2) = 2}, where swish turns from convex to concave. */
    private static final double SWISH_INFLECTION = 2.399357280520069;

    private static final int BISECTIONS = 48;

    private final ActivationFunction function;
    private final double[] breaks;

    /** 1 for convex, -1 for concave, 0 for straight; one more than there are breaks. */
    private final int[] curvature;

    private ActivationShape(ActivationFunction function, double[] breaks, int... curvature) {
        this.function = function;
        this.breaks = breaks;
        this.curvature = curvature;
    }

    static ActivationShape of(ActivationFunction f) {
        return switch (f.kind()) {
            case RELU, LEAKY_RELU -> new ActivationShape(f, new double[] {0}, 0, 0);
            case RELU6 -> new ActivationShape(f, new double[] {0, 6}, 0, 0, 0);
            case HARD_TANH -> new ActivationShape(f, new double[] {-1, 1}, 0, 0, 0);
            case HARD_SIGMOID -> new ActivationShape(f, new double[] {-0.5 / 0.2f, 0.5 / 0.2f}, 0, 0, 0);
            case TANH, SIGMOID, SOFTSIGN, ERF -> new ActivationShape(f, new double[] {0}, 1, -1);
            case SOFTPLUS -> new ActivationShape(f, new double[0], 1);
            case ELU -> new ActivationShape(f, new double[] {0}, f.parameter() >= 0 ? 1 : -1, 0);
            case SELU -> new ActivationShape(f, new double[] {0}, 1, 0);
            case SWISH -> new ActivationShape(f, new double[] {-SWISH_INFLECTION, SWISH_INFLECTION}, -1, 1, -1);
            case GELU -> {
                double inflection = SWISH_INFLECTION / 1.702f;
                yield new ActivationShape(f, new double[] {-inflection, inflection}, -1, 1, -1);
            }
            // the second derivative is (2 - x^2) phi(x), phi the normal density
            case EXACT_GELU -> new ActivationShape(f, new double[] {-Math.sqrt(2), Math.sqrt(2)}, -1, 1, -1);
        };
    }

    ActivationFunction function() {
        return function;
    }

    /** Whether the values are computed without rounding. */
    boolean exact() {
        return switch (function.kind()) {
            case RELU, RELU6, HARD_TANH -> true;
            default -> false;
        };
    }

    /** Whether the function is straight on [l, u]. */
    boolean straight(double l, double u) {
        int piece = 0;
        while (piece < breaks.length && breaks[piece] <= l) {
            piece++;
        }
        return curvature[piece] == 0 && (piece == breaks.length || u <= breaks[piece]);
    }

    /** Whether it is convex up to 0 and concave from there. */
    boolean sigmoidal() {
        return curvature.length == 2 && curvature[0] == 1 && curvature[1] == -1;
    }

    boolean piecewiseLinear() {
        for (int c : curvature) {
            if (c != 0) {
                return false;
            }
        }
        return true;
    }

    /** The number of points where a straight piece ends. */
    int kinks() {
        return curvature[curvature.length - 1] == 0 ? breaks.length : 0;
    }

    double kink(int i) {
        return breaks[i];
    }

    /** A bound from below of {@code phi(x) - slope x} on [l, u]. */
    double minimum(double slope, double l, double u) {
        return extreme(slope, l, u, 1);
    }

    /** A bound from above of {@code phi(x) - slope x} on [l, u]. */
    double maximum(double slope, double l, double u) {
        return -extreme(slope, l, u, -1);
    }

    /** A bound from below of {@code sign (phi(x) - slope x)}. */
    private double extreme(double slope, double l, double u, int sign) {
        double least = Math.min(bent(slope, l, sign), bent(slope, u, sign));
        double from = l;
        for (int piece = 0; piece <= breaks.length; piece++) {
            double to = piece == breaks.length ? u : Math.min(u, breaks[piece]);
            if (from < to || (from == to && piece == breaks.length)) {
                if (curvature[piece] * sign > 0) {
                    least = Math.min(least, convex(slope, from, to, sign, piece));
                } else {
                    least = Math.min(least, Math.min(bent(slope, from, sign), bent(slope, to, sign)));
                }
                from = to;
            }
        }
        return least;
    }

    /** A bound from below of {@code sign (phi(x) - slope x)} at one point. */
    private double bent(double slope, double x, int sign) {
        double value = function.value(x);
        double product = slope * x;
        return sign * (value - product) - EVALUATION * (1 + Math.abs(value) + Math.abs(product));
    }

    /** The same on a stretch where it is convex. */
    private double convex(double slope, double p, double q, int sign, int piece) {
        double t = Math.min(q, Math.max(p, touching(slope, p, q, sign, piece)));
        double best = Math.max(support(slope, p, q, p, sign), support(slope, p, q, q, sign));
        return Math.max(best, support(slope, p, q, t, sign));
    }

    /** The least value on [p, q] of the tangent at t. */
    private double support(double slope, double p, double q, double t, int sign) {
        if (Double.isNaN(t)) {
            return Double.NEGATIVE_INFINITY;
        }
        double derivative = function.derivative(t);
        double incline = sign * (derivative - slope);
        double drop = Math.max(incline * (t - p), -incline * (q - t));
        double doubt = EVALUATION * (1 + Math.abs(derivative) + Math.abs(slope)) * (q - p);
        return bent(slope, t, sign) - Math.max(drop, 0) - doubt;
    }

    /** About where the derivative is {@code slope}; NaN where it is nowhere. */
    private double touching(double slope, double p, double q, int sign, int piece) {
        boolean left = piece == 0;
        double x = switch (function.kind()) {
            case TANH -> atanh(Math.sqrt(1 - slope));
            case SIGMOID -> {
                double s = (1 + Math.sqrt(1 - 4 * slope)) / 2;
                yield Math.log(s / (1 - s));
            }
            case SOFTSIGN -> 1 / Math.sqrt(slope) - 1;
            case ERF -> Math.sqrt(-Math.log(slope * Math.sqrt(Math.PI) / 2));
            case SOFTPLUS -> -Math.log(slope / (1 - slope));
            case ELU -> -Math.log(slope / function.parameter());
            case SELU -> -Math.log(slope / function.derivative(0));
            default -> -bisect(slope, p, q, sign);
        };
        return left || curvature.length == 3 ? -x : x;
    }

    private static double atanh(double y) {
        return 0.5 * Math.log((1 + y) / (1 - y));
    }

    /** On a stretch where {@code sign phi} is convex its derivative rises. */
    private double bisect(double slope, double p, double q, int sign) {
        double low = p;
        double high = q;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (sign * (function.derivative(middle) - slope) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
