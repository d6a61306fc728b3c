package org.jacreg.bounds.covering;

import org.jacreg.bounds.rounding.RoundUp;

/** Covering numbers of balls in finite-dimensional normed spaces. */
public final class NormBalls {

    private NormBalls() {}

    /**
     * Any subset of a ball of radius R of any norm on R^p, in that norm: {@code ln N(eps) <= p ln(1 + 2R/eps)}. A largest set
     * of points further apart than eps covers the subset; the balls of radius eps/2 around them are disjoint and lie in the
     * ball of radius R + eps/2, so their number is at most the ratio of the volumes. The centres lie in the subset.
     *
     * @param dimension p, at least 1
     * @param radius R, nonnegative and finite
     * @return the covering number in {@link Metric#NORM}
     * @throws IllegalArgumentException if {@code dimension} is below 1 or {@code radius} is NaN, infinite or negative
     */
    public static CoveringNumber ball(long dimension, double radius) {
        requireDimension(dimension);
        requireRadius(radius);
        return CoveringNumber.of(
                Metric.NORM,
                radius,
                "p ln(1 + 2R/eps), p = " + dimension + ", R = " + radius,
                "comparison of volumes",
                eps -> volume((double) dimension, radius, eps));
    }

    /**
     * The l1 ball of radius R in R^d, in the l2 norm: {@code ln N(eps) <= ceil(R^2/eps^2) ln(2d)}. By Maurey's argument every
     * point of a convex hull of points of norm R is within {@code R/sqrt(k)} of the mean of k of them; the ball is the hull
     * of 2d points.
     *
     * @param dimension d, at least 1
     * @param radius R in the l1 norm, nonnegative and finite
     * @return the covering number in {@link Metric#NORM}, the l2 norm
     * @throws IllegalArgumentException if {@code dimension} is below 1 or {@code radius} is NaN, infinite or negative
     */
    public static CoveringNumber l1BallInL2(long dimension, double radius) {
        requireDimension(dimension);
        requireRadius(radius);
        double log = RoundUp.log(2.0 * dimension);
        return CoveringNumber.of(
                Metric.NORM,
                radius,
                "ceil(R^2/eps^2) ln(2d), d = " + dimension + ", R = " + radius,
                "Maurey, in Pisier (1981)",
                eps -> maurey(radius, eps, log));
    }

    /** {@code p ln(1 + 2R/eps)}, rounded up; {@code radius} is an upper bound and the scale a lower bound. */
    static double volume(double dimension, double radius, double eps) {
        return RoundUp.product(dimension, RoundUp.log1p(RoundUp.quotient(RoundUp.product(2, radius), eps)));
    }

    /** {@code ceil(R^2/eps^2) log}, rounded up. */
    static double maurey(double radius, double eps, double log) {
        double ratio = RoundUp.quotient(radius, eps);
        return RoundUp.product(Math.ceil(RoundUp.product(ratio, ratio)), log);
    }

    static void requireDimension(long dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension: got " + dimension + ", wanted at least 1");
        }
    }

    static void requireRadius(double radius) {
        requireNonnegative("radius R", radius);
    }

    static void requireNonnegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": got " + value + ", wanted a nonnegative finite number");
        }
    }
}
