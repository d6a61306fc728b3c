package org.jacreg.training;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** All options of a trainer. */
record TrainingOptions(
        int epochs,
        Objective objective,
        @Nullable Validation validation,
        @Nullable EarlyStopping earlyStopping,
        @Nullable Checkpointing checkpointing,
        @Nullable WeightAverage average,
        List<Listener> listeners,
        @Nullable TrainingProgress progress,
        CancellationToken cancellation,
        int prefetch,
        NonFiniteLoss nonFiniteLoss) {

    /** Validation data and what is done with it; no losses for those of the graph. */
    record Validation(MultiDataSetIterator data, String name, int every, List<String> losses) {

        @Override
        public String toString() {
            return name + " every " + every + (losses.isEmpty() ? "" : ", losses " + losses);
        }
    }

    TrainingOptions {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs: expected at least 1, got " + epochs);
        }
        if (prefetch < 0) {
            throw new IllegalArgumentException("prefetch: expected no negative number of batches, got " + prefetch);
        }
        if (validation != null && validation.every() < 1) {
            throw new IllegalArgumentException("validateEvery: expected at least 1, got " + validation.every());
        }
        if (earlyStopping != null && validation == null) {
            throw new IllegalArgumentException("early stopping needs validation data: set validation(iterator)");
        }
        listeners = List.copyOf(listeners);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("epochs=" + epochs + ", objective=" + objective);
        append(text, "validation", validation);
        append(text, "earlyStopping", earlyStopping);
        append(text, "checkpoint", checkpointing);
        append(text, "weightAverage", average);
        if (!listeners.isEmpty()) {
            append(
                    text,
                    "listeners",
                    listeners.stream()
                            .map(listener -> listener.getClass().getSimpleName())
                            .toList());
        }
        return text + ", prefetch=" + prefetch + ", nonFiniteLoss=" + nonFiniteLoss;
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(", ").append(name).append('=').append(value);
        }
    }
}
