package org.jacreg.training;

import org.jspecify.annotations.Nullable;
import org.nd4j.evaluation.IMetric;

/**
 * When to stop because validation no longer improves.
 *
 * <p>A value improves if it is better than the best so far by more than {@code minDelta}; NaN never improves. Training stops
 * after {@code patience} validations in a row without improvement.
 *
 * @param variable a validation loss, the variable an evaluation is made of, or null for the sum of the validation losses
 * @param metric the metric of the evaluation, or null for a loss; it knows itself whether it is to be small or large
 * @param patience at least 1
 * @param minDelta finite, not negative
 * @param restoreBest whether the weights of the best validation are put back at the end, however training ends; the updater's
 *     state stays that of the last step
 */
public record EarlyStopping(
        @Nullable String variable, @Nullable IMetric metric, int patience, double minDelta, boolean restoreBest) {

    private static final int DEFAULT_PATIENCE = 5;

    /** Checks the numbers. */
    public EarlyStopping {
        if (patience < 1) {
            throw new IllegalArgumentException("patience: expected at least 1, got " + patience);
        }
        if (!(minDelta >= 0 && Double.isFinite(minDelta))) {
            throw new IllegalArgumentException("minDelta: expected finite and not negative, got " + minDelta);
        }
        if (metric != null && variable == null) {
            throw new IllegalArgumentException(
                    "metric " + metric + ": of which variable? Use onMetric(variable, metric)");
        }
    }

    /**
     * Watches the sum of the validation losses.
     *
     * @return patience 5, minDelta 0, and the best weights restored
     */
    public static EarlyStopping onLoss() {
        return new EarlyStopping(null, null, DEFAULT_PATIENCE, 0, true);
    }

    /**
     * Watches one of the validation losses.
     *
     * @param variable its name
     * @return patience 5, minDelta 0, and the best weights restored
     */
    public static EarlyStopping onLoss(String variable) {
        return new EarlyStopping(variable, null, DEFAULT_PATIENCE, 0, true);
    }

    /**
     * Watches a metric of an evaluation.
     *
     * @param variable the variable that {@code TrainingConfig.validationEvaluation} evaluates
     * @param metric a metric of that evaluation, as {@code Evaluation.Metric.ACCURACY}
     * @return patience 5, minDelta 0, and the best weights restored
     */
    public static EarlyStopping onMetric(String variable, IMetric metric) {
        return new EarlyStopping(variable, metric, DEFAULT_PATIENCE, 0, true);
    }

    /**
     * Another patience.
     *
     * @param validations at least 1
     * @return a copy
     */
    public EarlyStopping patience(int validations) {
        return new EarlyStopping(variable, metric, validations, minDelta, restoreBest);
    }

    /**
     * Another least improvement.
     *
     * @param delta finite, not negative, in the units of the value
     * @return a copy
     */
    public EarlyStopping minDelta(double delta) {
        return new EarlyStopping(variable, metric, patience, delta, restoreBest);
    }

    /**
     * Whether the best weights are put back.
     *
     * @param restore false to keep the last weights
     * @return a copy
     */
    public EarlyStopping restoreBest(boolean restore) {
        return new EarlyStopping(variable, metric, patience, minDelta, restore);
    }

    boolean improves(double value, double best) {
        return (metric == null || metric.minimize()) ? value < best - minDelta : value > best + minDelta;
    }

    double worst() {
        return (metric == null || metric.minimize()) ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
}
