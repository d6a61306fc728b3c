package org.jacreg.jacobian;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An estimate of {@code ||J_n||_F^2} of every sample of a batch, with its standard errors. Unbiased; not a bound.
 *
 * @param squared the estimates, {@code [N]}, float64; belongs to the holder
 * @param standardErrors the standard error of each estimate, {@code [N]}, float64, from the scatter of the sample's own
 *     projections: itself an estimate, rough for few projections. Zeros where all rows were computed; nothing for a single
 *     projection, which has no scatter. Belongs to the holder
 * @param projections the number of random directions per sample, or nothing where all rows were computed
 * @param directions how the directions were distributed
 * @param seed what the directions were drawn from: the same seed, input and weights give the same estimate
 */
public record FrobeniusEstimate(
        INDArray squared,
        Optional<INDArray> standardErrors,
        OptionalInt projections,
        Directions directions,
        long seed) {

    /**
     * Whether all rows were computed, so that the values are exact to rounding.
     *
     * @return true if nothing was left to chance
     */
    public boolean isExact() {
        return projections.isEmpty();
    }

    /**
     * The mean over the batch of {@code ||J_n||_F^2}.
     *
     * @return the mean of the estimates
     */
    public double mean() {
        return squared.meanNumber().doubleValue();
    }

    /**
     * The standard error of {@link #mean()} as an estimate of the batch's own mean: what the choice of directions adds.
     *
     * @return {@code sqrt(sum_n s_n^2) / N}, the samples' directions being independent; nothing for a single projection
     */
    public OptionalDouble standardErrorOfMean() {
        return standardErrors
                .map(errors -> OptionalDouble.of(errors.norm2Number().doubleValue() / errors.length()))
                .orElse(OptionalDouble.empty());
    }

    /**
     * The standard error of {@link #mean()} as an estimate of the expectation over whatever the batch was drawn from: the choice
     * of samples and of directions together.
     *
     * @return the standard deviation of the samples' estimates over {@code sqrt(N)}; nothing for a batch of one
     */
    public OptionalDouble standardErrorOverInputs() {
        long n = squared.length();
        return n < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of(squared.stdNumber(true).doubleValue() / Math.sqrt((double) n));
    }

    static FrobeniusEstimate exact(INDArray squared, Directions directions, long seed) {
        INDArray none = Nd4j.zeros(DataType.DOUBLE, squared.length());
        return new FrobeniusEstimate(squared, Optional.of(none), OptionalInt.empty(), directions, seed);
    }

    /** From the values {@code ||J_n^T v_nk||_2^2} of single directions, {@code values[k][n]}. */
    static FrobeniusEstimate of(double[][] values, int classes, Directions directions, long seed) {
        int samples = values[0].length;
        double[] means = new double[samples];
        double[] errors = new double[samples];
        for (int n = 0; n < samples; n++) {
            double[] own = new double[values.length];
            for (int k = 0; k < own.length; k++) {
                own[k] = values[k][n];
                means[n] += own[k] / own.length;
            }
            errors[n] = Math.sqrt(varianceOfMean(own, directions == Directions.ORTHOGONAL ? classes : own.length))
                    * Math.sqrt(directions == Directions.ORTHOGONAL ? leftToChance(own.length, classes) : 1);
        }
        return new FrobeniusEstimate(
                Nd4j.createFromArray(means),
                values.length < 2 ? Optional.empty() : Optional.of(Nd4j.createFromArray(errors)),
                OptionalInt.of(values.length),
                directions,
                seed);
    }

    /** The mean square scatter within groups of independent (or, in the orthogonal case, exchangeable) values, over n. */
    private static double varianceOfMean(double[] values, int groupSize) {
        double squares = 0;
        int freedom = 0;
        for (int from = 0; from < values.length; from += groupSize) {
            int to = Math.min(values.length, from + groupSize);
            double mean = 0;
            for (int k = from; k < to; k++) {
                mean += values[k] / (to - from);
            }
            for (int k = from; k < to; k++) {
                squares += (values[k] - mean) * (values[k] - mean);
            }
            freedom += to - from - 1;
        }
        return freedom == 0 ? 0 : squares / freedom / values.length;
    }

    /*
     * With t_k of common variance s and covariance c = -s/(C-1) (see Directions.ORTHOGONAL), the scatter within a group
     * estimates s - c = s C/(C-1), and the mean of n = g C + r values has the variance s r (C-r) / ((C-1) n^2): that is the
     * scatter over n, times r (C-r) / (C n).
     */
    private static double leftToChance(int count, int classes) {
        double rest = count % classes;
        return rest * (classes - rest) / ((double) classes * count);
    }
}
