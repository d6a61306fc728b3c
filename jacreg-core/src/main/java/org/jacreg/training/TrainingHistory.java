package org.jacreg.training;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a {@link RobustTrainer} has done.
 *
 * @param epochs the finished epochs in order; after a resume, those before it too
 * @param outcome why training ended
 * @param iterations the training configuration's count of steps at the end; counts those of an unfinished epoch
 * @param bestEpoch the index into {@code epochs} of the best validation, if there is early stopping and a validation was done
 * @param restoredBest whether the weights are those after the best epoch rather than those of the last step
 * @param averaged whether the graph has averages of the weights ({@link WeightAverage}) rather than single ones
 * @param configuration the trainer, as its {@code toString} gives it
 */
public record TrainingHistory(
        List<EpochRecord> epochs,
        Outcome outcome,
        int iterations,
        OptionalInt bestEpoch,
        boolean restoredBest,
        boolean averaged,
        String configuration) {

    /** Why training ended. In every case the graph is whole: each update was made for all weights or for none. */
    public enum Outcome {
        /** All epochs are done. */
        COMPLETED,
        /** Validation no longer improved. */
        STOPPED_EARLY,
        /** A listener asked to stop at the end of an epoch. */
        STOPPED_BY_LISTENER,
        /** The token was cancelled or the thread interrupted; the epoch may be unfinished. A thread stays interrupted. */
        CANCELLED
    }

    /** Copies the list. */
    public TrainingHistory {
        epochs = List.copyOf(epochs);
    }

    /**
     * The last finished epoch.
     *
     * @return its record
     * @throws IllegalStateException if no epoch was finished
     */
    public EpochRecord last() {
        if (epochs.isEmpty()) {
            throw new IllegalStateException("no epoch was finished: training is " + outcome);
        }
        return epochs.get(epochs.size() - 1);
    }

    /**
     * What was minimised, epoch by epoch.
     *
     * @return {@link EpochRecord#loss()} of each
     */
    public List<Double> losses() {
        return epochs.stream().map(EpochRecord::loss).toList();
    }
}
