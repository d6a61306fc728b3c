package org.jacreg.bounds.covering;

import org.jacreg.bounds.rounding.RoundUp;

/** Covering numbers of linear classes on a sample, by Maurey's argument. */
public final class LinearCovers {

    private static final String ZHANG =
            "Zhang, Covering number bounds of certain regularized linear function classes (2002)";

    private LinearCovers() {}

    /**
     * The functions {@code x -> <w, x>} with {@code ||w||_q <= W} on points with {@code ||x_i||_p <= C}, where {@code 1/p +
     * 1/q = 1} and {@code p >= 2}: {@code ln N(eps) <= ceil(W^2 C^2 / eps^2) ln(2d + 1)} in {@code L2(P_n)}.
     *
     * <p>The values on the sample are a convex combination of plus and minus the columns of the sample, each scaled to the
     * length {@code W C}, because {@code sum_j |w_j| ||X_j|| <= W (sum_j ||X_j||^p)^(1/p) <= W C} for {@code ||X_j||} the mean
     * square length; Maurey's argument does the rest, so that p does not enter otherwise.
     *
     * @param weightNorm W, nonnegative and finite
     * @param inputNorm C, nonnegative and finite
     * @param dimension d, at least 1. For {@code p = q = 2} it may be {@code min(n, d)}: the sample can be rotated into that
     *     many coordinates
     * @return the covering number in {@link Metric#SAMPLE_MEAN}
     * @throws IllegalArgumentException if a norm is NaN, infinite or negative, or {@code dimension} is below 1
     */
    public static CoveringNumber linear(double weightNorm, double inputNorm, long dimension) {
        NormBalls.requireNonnegative("norm W of the weights", weightNorm);
        NormBalls.requireNonnegative("norm C of the inputs", inputNorm);
        NormBalls.requireDimension(dimension);
        double radius = RoundUp.product(weightNorm, inputNorm);
        double log = RoundUp.log(2.0 * dimension + 1);
        return CoveringNumber.of(
                Metric.SAMPLE_MEAN,
                radius,
                "ceil(W^2 C^2/eps^2) ln(2d+1), W = " + weightNorm + ", C = " + inputNorm + ", d = " + dimension,
                ZHANG,
                eps -> NormBalls.maurey(radius, eps, log));
    }

    /**
     * The matrices {@code X A} for {@code A} of shape [d, m] with {@code ||A||_{q,s} <= a}, the l_q norm inside a column and
     * the l_s norm over the columns, on a sample {@code X} of shape [n, d] with entrywise norm {@code ||X||_p <= b}; {@code
     * 1/p + 1/q = 1}, {@code p <= 2}, {@code 1/r + 1/s = 1}: {@code ln N(eps) <= ceil(a^2 b^2 m^(2/r) / eps^2) ln(2dm)}.
     *
     * @param weightNorm a, nonnegative and finite; a bound of {@code ||A||_{2,1}} for {@code p = 2}, {@code r} infinite
     * @param sampleNorm b, nonnegative and finite; {@code ||X||_F} for {@code p = 2}
     * @param inputs d, at least 1
     * @param outputs m, at least 1
     * @param r the dual exponent of s, from 1 to infinity
     * @return the covering number in {@link Metric#SAMPLE_SUM}
     * @throws IllegalArgumentException if a norm is NaN, infinite or negative, a size is below 1, or {@code r} is below 1
     */
    public static CoveringNumber matrix(double weightNorm, double sampleNorm, long inputs, long outputs, double r) {
        NormBalls.requireNonnegative("norm a of the matrices", weightNorm);
        NormBalls.requireNonnegative("norm b of the sample", sampleNorm);
        NormBalls.requireDimension(inputs);
        NormBalls.requireDimension(outputs);
        if (!(r >= 1)) {
            throw new IllegalArgumentException("exponent r: got " + r + ", wanted a number from 1 to infinity");
        }
        double columns = Double.isInfinite(r) ? 1 : RoundUp.pow((double) outputs, r == 1 ? 1 : Math.nextUp(1 / r));
        double radius = RoundUp.product(weightNorm, sampleNorm, columns);
        double log = RoundUp.log(RoundUp.product(2, (double) inputs, (double) outputs));
        return CoveringNumber.of(
                Metric.SAMPLE_SUM,
                radius,
                "ceil(a^2 b^2 m^(2/r)/eps^2) ln(2dm), a = " + weightNorm + ", b = " + sampleNorm + ", d = " + inputs
                        + ", m = " + outputs + ", r = " + r,
                "Bartlett, Foster and Telgarsky (2017), Lemma 3.2",
                eps -> NormBalls.maurey(radius, eps, log));
    }
}
