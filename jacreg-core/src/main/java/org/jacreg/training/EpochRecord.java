package org.jacreg.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.records.EvaluationRecord;

/**
 * One epoch of training. Means are over the epoch's steps, each counting the same, of values before the update of their
 * step.
 *
 * @param epoch the training configuration's count of epochs before this one
 * @param steps the number of steps: of batches, times the replays of the objective
 * @param losses the mean of every loss variable
 * @param regularization the mean score of every regularization of the training configuration, by the name of its class; those
 *     of one class are added up
 * @param penalties the mean of every Jacobian penalty, by its name, not weighted by lambda
 * @param learningRate that of the last step, or NaN if the updater has none
 * @param evaluations the training evaluations of the training configuration
 * @param validation present if there was a validation after this epoch
 * @param seconds wall-clock time, without validation
 */
public record EpochRecord(
        int epoch,
        int steps,
        Map<String, Double> losses,
        Map<String, Double> regularization,
        Map<String, Double> penalties,
        double learningRate,
        EvaluationRecord evaluations,
        Optional<ValidationRecord> validation,
        double seconds) {

    /** Copies the maps. */
    public EpochRecord {
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
        regularization = Collections.unmodifiableMap(new LinkedHashMap<>(regularization));
        penalties = Collections.unmodifiableMap(new LinkedHashMap<>(penalties));
    }

    /**
     * What was minimised: the sum of loss variables and regularization.
     *
     * @return the mean over the batches
     */
    public double loss() {
        double sum = 0;
        for (double part : losses.values()) {
            sum += part;
        }
        for (double part : regularization.values()) {
            sum += part;
        }
        return sum;
    }

    EpochRecord validated(@Nullable ValidationRecord record) {
        return new EpochRecord(
                epoch,
                steps,
                losses,
                regularization,
                penalties,
                learningRate,
                evaluations,
                Optional.ofNullable(record),
                seconds);
    }
}
