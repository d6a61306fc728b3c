package org.jacreg.training;

import java.nio.file.Path;
import java.time.Duration;

/**
 * When and where a {@link RobustTrainer} writes what {@link RobustTrainer#resume} needs: weights, updater state, counters,
 * history, the best weights of early stopping, what the objective carries, and the state of ND4J's random generator.
 *
 * <p>Checkpoints are written between epochs, and always after the last one. The file is written beside the old one and put
 * in its place in one step, so that a crash leaves a whole file.
 *
 * @param file replaced by every checkpoint; its directory must exist
 * @param everyEpochs a checkpoint is due after so many epochs since the last one, at least 1
 * @param every a checkpoint is due after so much time since the last one as well, or zero for not
 */
public record Checkpointing(Path file, int everyEpochs, Duration every) {

    /** Checks the numbers. */
    public Checkpointing {
        if (everyEpochs < 1) {
            throw new IllegalArgumentException("everyEpochs: expected at least 1, got " + everyEpochs);
        }
        if (every.isNegative()) {
            throw new IllegalArgumentException("every: expected no negative time, got " + every);
        }
    }

    /**
     * Writes after every epoch.
     *
     * @param file what to write to
     * @return every epoch
     */
    public static Checkpointing to(Path file) {
        return new Checkpointing(file, 1, Duration.ZERO);
    }

    /**
     * Writes after so many epochs.
     *
     * @param epochs at least 1
     * @return a copy
     */
    public Checkpointing everyEpochs(int epochs) {
        return new Checkpointing(file, epochs, every);
    }

    /**
     * Writes at the end of the first epoch after so much time, whatever the number of epochs.
     *
     * @param time since the last checkpoint, positive
     * @return a copy; the number of epochs no longer matters unless it is set afterwards
     */
    public Checkpointing every(Duration time) {
        return new Checkpointing(file, Integer.MAX_VALUE, time);
    }

    boolean isDue(int epochsSince, Duration timeSince) {
        return epochsSince >= everyEpochs || (!every.isZero() && timeSince.compareTo(every) >= 0);
    }
}
