package org.jacreg.bounds.covering;

import org.jacreg.bounds.rounding.RoundUp;

/**
 * Dudley's entropy integral: {@code R_S(F) <= inf_alpha 4 alpha + (12/sqrt n) int_alpha^D sqrt(ln N(eps)) d eps}, with N in
 * {@code L2(P_n)} and D the radius of the class around one function.
 *
 * <p>The numeric values are upper sums: every interval of a logarithmic grid counts with the logarithm at its left end,
 * and a covering number at a larger scale is never larger. So they are bounds, not approximations. The constants 4 and 12
 * are those of the chaining with factor 2 in Bartlett, Foster and Telgarsky (2017, Lemma A.5); chaining around a function
 * other than zero changes nothing, because adding a fixed function does not change the complexity.
 */
public final class Dudley {

    /** Intervals of the grid where none are asked for: an upper sum is then about 0.4 percent above an integral of 1/eps. */
    public static final int DEFAULT_INTERVALS = 8192;

    /** The grid ends at the radius times this; scales below it count 4 times their size. */
    private static final double SMALLEST = 1e-13;

    private Dudley() {}

    /**
     * The smallest bound over all cuts alpha of the grid, from the radius down to {@code 1e-13} of it.
     *
     * @param cover the covering number, in {@link Metric#SAMPLE_MEAN} or {@link Metric#UNIFORM}, with a finite radius
     * @param n the number of points of the sample, at least 1
     * @return the bound; 0 for a class of radius 0
     * @throws IllegalArgumentException if {@code n} is below 1, the metric is another or the radius is infinite
     */
    public static DudleyBound minimised(CoveringNumber cover, long n) {
        return minimised(cover, n, DEFAULT_INTERVALS);
    }

    /**
     * The smallest bound over all cuts alpha of a grid of chosen fineness.
     *
     * @param cover the covering number, in {@link Metric#SAMPLE_MEAN} or {@link Metric#UNIFORM}, with a finite radius
     * @param n the number of points of the sample, at least 1
     * @param intervals intervals of the grid, at least 1; as many evaluations of the cover
     * @return the bound; 0 for a class of radius 0
     * @throws IllegalArgumentException if {@code n} or {@code intervals} is below 1, the metric is another or the radius is
     *     infinite
     */
    public static DudleyBound minimised(CoveringNumber cover, long n, int intervals) {
        require(cover, n);
        if (intervals < 1) {
            throw new IllegalArgumentException("intervals of the grid: got " + intervals + ", wanted at least 1");
        }
        double radius = cover.radius();
        DudleyBound best = at(radius, 0, cover, n);
        double sum = 0;
        double right = radius;
        for (int k = 1; k <= intervals && right > 0; k++) {
            double left = radius * Math.pow(SMALLEST, (double) k / intervals);
            sum = RoundUp.sum(sum, interval(cover, left, right));
            DudleyBound bound = at(left, scale(sum, n), cover, n);
            best = bound.value() < best.value() ? bound : best;
            right = left;
        }
        return best;
    }

    /**
     * The bound for one cut.
     *
     * @param cover the covering number, in {@link Metric#SAMPLE_MEAN} or {@link Metric#UNIFORM}, with a finite radius
     * @param n the number of points of the sample, at least 1
     * @param alpha the cut, positive and finite
     * @param intervals intervals of the grid between alpha and the radius, at least 1
     * @return the bound
     * @throws IllegalArgumentException if {@code n} or {@code intervals} is below 1, {@code alpha} is not positive and
     *     finite, the metric is another or the radius is infinite
     */
    public static DudleyBound truncated(CoveringNumber cover, long n, double alpha, int intervals) {
        require(cover, n);
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY) || intervals < 1) {
            throw new IllegalArgumentException("cut alpha and intervals: got " + alpha + " and " + intervals
                    + ", wanted a positive finite cut and at least 1 interval");
        }
        double radius = cover.radius();
        double sum = 0;
        double right = radius;
        for (int k = 1; k <= intervals && right > alpha; k++) {
            double left = k == intervals ? alpha : radius * Math.pow(alpha / radius, (double) k / intervals);
            sum = RoundUp.sum(sum, interval(cover, left, right));
            right = left;
        }
        return at(alpha, scale(sum, n), cover, n);
    }

    /**
     * The closed form for {@code ln N(eps) <= R^2 / eps^2}, at the best cut {@code alpha = 3R/sqrt(n)}: {@code (12 R/sqrt n)
     * (1 + ln(D sqrt(n) / (3R)))}, and {@code 4D} where that cut exceeds D.
     *
     * @param root R, nonnegative and finite
     * @param radius D, nonnegative and finite
     * @param n the number of points of the sample, at least 1
     * @return the bound
     * @throws IllegalArgumentException if {@code n} is below 1 or a number is NaN, infinite or negative
     */
    public static DudleyBound inverseSquare(double root, double radius, long n) {
        double alpha = 3 * root / Math.sqrt((double) n);
        return inverseSquareAt(root, radius, n, Math.min(alpha, radius));
    }

    /**
     * The closed form for {@code ln N(eps) <= R^2 / eps^2} and a given cut: {@code 4 alpha + (12 R/sqrt n) ln(D/alpha)}.
     *
     * @param root R, nonnegative and finite
     * @param radius D, nonnegative and finite
     * @param n the number of points of the sample, at least 1
     * @param alpha the cut, from 0 to D; 0 gives infinity unless R is 0
     * @return the bound
     * @throws IllegalArgumentException if {@code n} is below 1, a number is NaN, infinite or negative, or {@code alpha}
     *     exceeds D
     */
    public static DudleyBound inverseSquareAt(double root, double radius, long n, double alpha) {
        NormBalls.requireNonnegative("R of ln N <= R^2/eps^2", root);
        NormBalls.requireRadius(radius);
        requireSize(n);
        if (!(alpha >= 0 && alpha <= radius)) {
            throw new IllegalArgumentException(
                    "cut alpha: got " + alpha + ", wanted a number from 0 to the radius " + radius);
        }
        double log = alpha == radius ? 0 : RoundUp.log(RoundUp.quotient(radius, alpha));
        double integral = scale(RoundUp.product(root, log), n);
        double truncation = 4 * alpha;
        return new DudleyBound(
                RoundUp.sum(truncation, integral),
                alpha,
                truncation,
                integral,
                radius,
                "4 alpha + (12 R/sqrt n) ln(D/alpha)",
                "R^2/eps^2, R = " + root);
    }

    /**
     * The closed form for {@code ln N(eps) <= P ln(1 + A/eps)}, without a cut: {@code 12 D sqrt(P (1 + ln(1 + A/D)) / n)}, by
     * Jensen's inequality and {@code int_0^D ln(1 + A/eps) d eps <= D (1 + ln(1 + A/D))}.
     *
     * @param parameters P, nonnegative and finite
     * @param slope A, nonnegative; infinite where it exceeds the largest double
     * @param radius D, nonnegative; infinite where it exceeds the largest double
     * @param n the number of points of the sample, at least 1
     * @return the bound; infinite where A or D is, unless P or D is 0
     * @throws IllegalArgumentException if {@code n} is below 1, a number is NaN or negative, or P is infinite
     */
    public static DudleyBound parametric(double parameters, double slope, double radius, long n) {
        NormBalls.requireNonnegative("number of parameters P", parameters);
        if (!(slope >= 0 && radius >= 0)) {
            throw new IllegalArgumentException("A and D of ln N <= P ln(1 + A/eps) below D: got " + slope + " and "
                    + radius + ", wanted nonnegative numbers");
        }
        requireSize(n);
        double ratio = radius == 0 || slope == Double.POSITIVE_INFINITY ? slope : RoundUp.quotient(slope, radius);
        double mean = RoundUp.product(parameters, RoundUp.sum(1, RoundUp.log1p(ratio)));
        double integral = scale(RoundUp.product(radius, RoundUp.sqrt(mean)), n);
        return new DudleyBound(
                integral,
                0,
                0,
                integral,
                radius,
                "12 D sqrt(P (1 + ln(1 + A/D))/n)",
                "P ln(1 + A/eps), P = " + parameters + ", A = " + slope);
    }

    private static double interval(CoveringNumber cover, double left, double right) {
        double log = left > 0 ? cover.upperLog(left) : Double.POSITIVE_INFINITY;
        return RoundUp.product(RoundUp.sqrt(log), Math.nextUp(right - left));
    }

    private static double scale(double integral, long n) {
        return RoundUp.quotient(RoundUp.product(12, integral), Math.nextDown(Math.sqrt((double) n)));
    }

    private static DudleyBound at(double alpha, double integral, CoveringNumber cover, long n) {
        double truncation = 4 * alpha;
        return new DudleyBound(
                RoundUp.sum(truncation, integral),
                alpha,
                truncation,
                integral,
                cover.radius(),
                "4 alpha + (12/sqrt n) upper sum of sqrt(ln N), n = " + n,
                cover.formula());
    }

    private static void require(CoveringNumber cover, long n) {
        requireSize(n);
        if (cover.metric() != Metric.SAMPLE_MEAN && cover.metric() != Metric.UNIFORM) {
            throw new IllegalArgumentException("cover '" + cover.formula() + "': got metric " + cover.metric()
                    + ", wanted SAMPLE_MEAN or UNIFORM; onSample(n) turns SAMPLE_SUM into SAMPLE_MEAN");
        }
        if (!(cover.radius() < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("cover '" + cover.formula()
                    + "': the radius of its class is infinite, wanted a finite one to start the integral at");
        }
    }

    private static void requireSize(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("sample size n: got " + n + ", wanted at least 1");
        }
    }
}
