package org.jacreg.bounds.certify;

/**
 * Functions that are convex or concave wherever they are defined, or on either side of 0, and have no bounds of their own: parts of quotients
 * and normalisations.
 */
enum Curve {

    /** {@code x^2}. */
    SQUARE,
    /** {@code 1 / x}, on intervals on one side of 0. */
    RECIPROCAL,
    /** {@code sqrt(x)}, from 0 on. */
    SQUARE_ROOT,
    /** {@code 1 / sqrt(x)}, above 0. */
    INVERSE_ROOT,
    /** {@code e^x}. */
    EXPONENTIAL,
    /** {@code ln(x)}, above 0. */
    LOGARITHM;

    double value(double x) {
        return switch (this) {
            case SQUARE -> x * x;
            case RECIPROCAL -> 1 / x;
            case SQUARE_ROOT -> Math.sqrt(x);
            case INVERSE_ROOT -> 1 / Math.sqrt(x);
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> Math.log(x);
        };
    }

    double derivative(double x) {
        return switch (this) {
            case SQUARE -> 2 * x;
            case RECIPROCAL -> -1 / x / x;
            case SQUARE_ROOT -> 0.5 / Math.sqrt(x);
            case INVERSE_ROOT -> -0.5 / x / Math.sqrt(x);
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> 1 / x;
        };
    }

    /** Whether it is defined, and continuous, on all of [l, u]. */
    boolean defined(double l, double u) {
        return switch (this) {
            case SQUARE, EXPONENTIAL -> true;
            case RECIPROCAL -> l > 0 || u < 0;
            case SQUARE_ROOT -> l >= 0;
            case INVERSE_ROOT, LOGARITHM -> l > 0;
        };
    }

    /** 1 where it is convex on [l, u], on which it is defined, and -1 where it is concave. */
    int curvature(double l) {
        return switch (this) {
            case SQUARE, EXPONENTIAL, INVERSE_ROOT -> 1;
            case RECIPROCAL -> l > 0 ? 1 : -1;
            case SQUARE_ROOT, LOGARITHM -> -1;
        };
    }

    /** Where the tangent touches, as high as possible at the middle, but nowhere below 0 where the function is not. */
    double touching(double l, double u) {
        double middle = l / 2 + u / 2;
        return this == EXPONENTIAL ? Math.min(middle, l + 1) : middle;
    }

    /** What an evaluation of the value y may be off by: roundings relative to y, for the logarithm to 1 + |y|. */
    double error(double y, Arithmetic arithmetic) {
        double scale = this == LOGARITHM ? 1 + Math.abs(y) : Math.abs(y);
        return Rounding.up(arithmetic.gamma(1) * scale + arithmetic.underflow());
    }
}
