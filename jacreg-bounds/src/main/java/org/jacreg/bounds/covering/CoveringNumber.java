package org.jacreg.bounds.covering;

import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.rounding.RoundDown;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * An upper bound of the logarithm of a class's covering numbers, as a function of the scale: {@code eps -> ln N(eps)}.
 *
 * <p>Immutable, and safe to share between threads if the function of {@link #of} is. The rules {@link #plus}, {@link
 * #times} and {@link #after} split the scale between two covers; they take the best of a fixed set of splits at every
 * scale, each of which is valid, and cost as many evaluations.
 */
public final class CoveringNumber {

    /** Shares of the scale that the first of two covers may get, in this many equal parts. */
    private static final int SPLITS = 32;

    private final Metric metric;
    private final double radius;
    private final String formula;
    private final String source;
    private final DoubleUnaryOperator upperLog;

    private CoveringNumber(Metric metric, double radius, String formula, String source, DoubleUnaryOperator upperLog) {
        this.metric = metric;
        this.radius = radius;
        this.formula = formula;
        this.source = source;
        this.upperLog = upperLog;
    }

    /**
     * A covering number from a formula.
     *
     * @param metric the distance it is meant in
     * @param radius a bound of the distance of every member from one function: from this scale on one ball is enough.
     *     Nonnegative; infinite where none is known
     * @param formula the formula of {@code ln N(eps)}, in one line
     * @param source where the formula stands
     * @param upperLog gives for every positive scale an upper bound of {@code ln N}, nonnegative; asked below {@code radius}
     *     only
     * @return the covering number
     * @throws IllegalArgumentException if {@code radius} is NaN or negative
     */
    public static CoveringNumber of(
            Metric metric, double radius, String formula, String source, DoubleUnaryOperator upperLog) {
        if (!(radius >= 0)) {
            throw new IllegalArgumentException("radius of the class of cover '" + formula + "': got " + radius
                    + ", wanted a nonnegative number, or infinity where none is known");
        }
        return new CoveringNumber(metric, radius, formula, source, upperLog);
    }

    /**
     * An upper bound of {@code ln N(scale)}.
     *
     * @param scale the scale eps, positive
     * @return a nonnegative number; 0 from {@link #radius} on
     * @throws IllegalArgumentException if {@code scale} is NaN or not positive
     * @throws ArithmeticException if the formula gives NaN or a negative number
     */
    public double upperLog(double scale) {
        if (!(scale > 0)) {
            throw new IllegalArgumentException(
                    "scale of cover '" + formula + "': got " + scale + ", wanted a positive number");
        }
        if (scale >= radius) {
            return 0;
        }
        double log = upperLog.applyAsDouble(scale);
        if (!(log >= 0)) {
            throw new ArithmeticException("cover '" + formula + "' at scale " + scale + ": ln N came out as " + log);
        }
        return log;
    }

    /**
     * The distance the cover is meant in.
     *
     * @return the metric
     */
    public Metric metric() {
        return metric;
    }

    /**
     * A bound of the distance of every member from one function.
     *
     * @return a nonnegative number, or infinity
     */
    public double radius() {
        return radius;
    }

    /**
     * The formula of {@code ln N(eps)}.
     *
     * @return one line
     */
    public String formula() {
        return formula;
    }

    /**
     * Where the formula stands.
     *
     * @return papers, and derivations of ours
     */
    public String source() {
        return source;
    }

    /**
     * The class {@code {c f}}: {@code N(eps / c)}.
     *
     * @param factor {@code c}, positive and finite
     * @return the covering number of the multiplied class
     * @throws IllegalArgumentException if the factor is NaN, infinite or not positive
     */
    public CoveringNumber scaled(double factor) {
        return stretched(factor, "factor c", "scaled by ");
    }

    /**
     * The class {@code {z -> h_z(f(z))}} for fixed maps {@code h_z}, each Lipschitz with the same constant {@code c} in the
     * l2 norm: {@code N(eps / c)}. A loss {@code f -> l(f(x), y)} is such a map.
     *
     * @param constant {@code c}, positive and finite
     * @return the covering number of the composed class
     * @throws IllegalArgumentException if the constant is NaN, infinite or not positive
     */
    public CoveringNumber lipschitz(double constant) {
        return stretched(constant, "Lipschitz constant c", "under a map of Lipschitz constant ");
    }

    /**
     * The same class, known to lie within a smaller distance of one function: the ramp losses in [0, 1] of a class lie within
     * 1/2 of the constant 1/2.
     *
     * @param bound the distance, nonnegative; without effect where it exceeds {@link #radius}
     * @return the covering number with the smaller of both radii
     * @throws IllegalArgumentException if {@code bound} is NaN or negative
     */
    public CoveringNumber within(double bound) {
        return of(metric, Math.min(bound, radius), formula, source, upperLog);
    }

    private CoveringNumber stretched(double factor, String name, String words) {
        requirePositive(name, factor);
        return new CoveringNumber(
                metric,
                RoundUp.product(factor, radius),
                "[" + formula + "] " + words + factor,
                source,
                eps -> logOrInfinity(RoundDown.quotient(eps, factor)));
    }

    /**
     * The class {@code {f + g}}: {@code min_t N_F(t eps) N_G((1-t) eps)}, from the triangle inequality.
     *
     * @param other the cover of G, in the same metric
     * @return the covering number of the sums
     * @throws IllegalArgumentException if the metrics differ
     */
    public CoveringNumber plus(CoveringNumber other) {
        requireMetric(other, metric);
        return new CoveringNumber(
                metric,
                RoundUp.sum(radius, other.radius),
                "min_t [" + formula + "](t eps) + [" + other.formula + "]((1-t) eps)",
                sources(other),
                eps -> bestSplit(eps, 1, other, 1));
    }

    /**
     * The class {@code {f g}} of products of real functions with {@code |f| <= a} and {@code |g| <= b} everywhere: {@code
     * min_t N_F(t eps / b) N_G((1-t) eps / a)}, because {@code fg - f'g' = f (g - g') + g' (f - f')} and centres can be
     * clipped to the range of the class without moving away from any member.
     *
     * @param other the cover of G, in the same metric
     * @param bound {@code a}, a bound of the values of this class, positive and finite
     * @param otherBound {@code b}, a bound of the values of the other class, positive and finite
     * @return the covering number of the products
     * @throws IllegalArgumentException if the metrics differ or a bound is NaN, infinite or not positive
     */
    public CoveringNumber times(CoveringNumber other, double bound, double otherBound) {
        requireMetric(other, metric);
        requireFunctions();
        requirePositive("bound a of the first factor", bound);
        requirePositive("bound b of the second factor", otherBound);
        double aroundCentre = RoundUp.sum(RoundUp.product(otherBound, radius), RoundUp.product(bound, other.radius));
        double largest = RoundUp.product(bound, otherBound);
        if (metric == Metric.SAMPLE_SUM) {
            largest = Double.POSITIVE_INFINITY; // a b sqrt(n), and n is not known here
        }
        return new CoveringNumber(
                metric,
                Math.min(aroundCentre, largest),
                "min_t [" + formula + "](t eps / " + otherBound + ") + [" + other.formula + "]((1-t) eps / " + bound
                        + ")",
                sources(other),
                eps -> bestSplit(eps, otherBound, other, bound));
    }

    /**
     * The class {@code {f o g}} of compositions, this class being the outer one, its members Lipschitz with constant {@code
     * c} in the l2 norm: {@code min_t N_F(t eps) N_G((1-t) eps / c)}. The outer cover must hold on a closed convex domain
     * that holds all values of G: centres of G are projected onto it.
     *
     * @param inner the cover of G in any metric on functions
     * @param constant {@code c}, positive and finite
     * @return the covering number of the compositions, in the metric of G
     * @throws IllegalArgumentException if this cover is not uniform, the inner one is of a norm ball or of a sum over the
     *     sample, or the constant is NaN, infinite or not positive
     */
    public CoveringNumber after(CoveringNumber inner, double constant) {
        requireMetric(this, Metric.UNIFORM);
        if (inner.metric != Metric.UNIFORM && inner.metric != Metric.SAMPLE_MEAN) {
            throw new IllegalArgumentException("inner cover '" + inner.formula + "': got metric " + inner.metric
                    + ", wanted UNIFORM or SAMPLE_MEAN; onSample(n) turns SAMPLE_SUM into SAMPLE_MEAN");
        }
        requirePositive("Lipschitz constant c of the outer class", constant);
        return new CoveringNumber(
                inner.metric,
                RoundUp.sum(radius, RoundUp.product(constant, inner.radius)),
                "min_t [" + formula + "](t eps) + [" + inner.formula + "]((1-t) eps / " + constant + ")",
                sources(inner),
                eps -> bestSplit(eps, 1, inner, constant));
    }

    /**
     * The same cover in the distance of {@code L2(P_n)}: {@code N(eps)} where it is uniform, {@code N(sqrt(n) eps)} where
     * it is in the sum over the sample.
     *
     * @param n the number of points of the sample, at least 1; counts for {@link Metric#SAMPLE_SUM} only
     * @return the covering number in {@link Metric#SAMPLE_MEAN}
     * @throws IllegalArgumentException if {@code n} is below 1 or the cover is of a norm ball
     */
    public CoveringNumber onSample(long n) {
        requireFunctions();
        if (n < 1) {
            throw new IllegalArgumentException("sample size n: got " + n + ", wanted at least 1");
        }
        if (metric != Metric.SAMPLE_SUM) {
            return new CoveringNumber(Metric.SAMPLE_MEAN, radius, formula, source, this::upperLog);
        }
        double root = Math.nextDown(Math.sqrt((double) n));
        return new CoveringNumber(
                Metric.SAMPLE_MEAN,
                RoundUp.quotient(radius, root),
                "[" + formula + "](sqrt(n) eps), n = " + n,
                source,
                eps -> logOrInfinity(Math.nextDown(eps * root)));
    }

    private double bestSplit(double eps, double factor, CoveringNumber other, double otherFactor) {
        double best = Double.POSITIVE_INFINITY;
        for (int k = 0; k <= SPLITS; k++) {
            // the ends leave a share of 2^-30: enough for a class that one function covers
            double share = k == 0 ? 0x1p-30 : k == SPLITS ? 1 - 0x1p-30 : (double) k / SPLITS;
            double first = Math.nextDown(eps * share);
            double second = RoundDown.difference(eps, eps * share);
            double log = RoundUp.sum(
                    logOrInfinity(RoundDown.quotient(first, factor)),
                    other.logOrInfinity(RoundDown.quotient(second, otherFactor)));
            best = Math.min(best, log);
        }
        return best;
    }

    /** A scale rounded down may vanish; nothing is known of such a scale, unless the class is one function. */
    private double logOrInfinity(double scale) {
        if (scale > 0) {
            return upperLog(scale);
        }
        return radius == 0 ? 0 : Double.POSITIVE_INFINITY;
    }

    private String sources(CoveringNumber other) {
        return source.equals(other.source) ? source : source + "; " + other.source;
    }

    private void requireFunctions() {
        if (metric == Metric.NORM) {
            throw new IllegalArgumentException("cover '" + formula
                    + "' is of a ball in a normed space, not of functions: wanted a cover of functions");
        }
    }

    private static void requireMetric(CoveringNumber cover, Metric wanted) {
        if (cover.metric != wanted) {
            throw new IllegalArgumentException(
                    "cover '" + cover.formula + "': got metric " + cover.metric + ", wanted " + wanted);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + " of a cover: got " + value + ", wanted a positive finite number");
        }
    }

    @Override
    public String toString() {
        return "CoveringNumber(ln N <= " + formula + ", " + metric + ", radius " + radius + ")";
    }
}
