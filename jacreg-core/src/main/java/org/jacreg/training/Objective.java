package org.jacreg.training;

import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the steps of a {@link RobustTrainer} minimise: a change of the graph while training lasts, and of every batch before it
 * is fed.
 *
 * <p>Adversarial training replaces the input of a batch by attacked ones. Losses on clean and attacked inputs together add a
 * placeholder, their terms and their loss variable to the graph in {@link #start}, fill the placeholder in {@link
 * Session#prepare}, and take all of it away in {@link Session#close}. Predictions of a teacher are one more placeholder. What
 * needs the step's own gradients, by weights or by the input, has {@link Session#beforeUpdate}.
 *
 * <p>{@code toString} is the whole configuration. An objective may be used by several trainers; a session belongs to one run
 * and to its thread.
 */
public interface Objective {

    /**
     * Readies a graph for a run of training. The sum of the loss variables that the graph has afterwards is minimised.
     *
     * @param graph may gain nodes and other loss variables, until the session is closed
     * @return what prepares the batches
     * @throws IllegalArgumentException if the graph does not suit the objective; the graph is as before then
     */
    Session start(SameDiff graph);

    /** The preparation of batches, and what happens between gradients and update, during one run. */
    @FunctionalInterface
    interface Session extends AutoCloseable {

        /**
         * What is fed for a batch. Called right before the step, with the weights of that moment.
         *
         * @param batch the data; not modified
         * @return a value for every placeholder that the loss variables depend on; must not change until the next call
         */
        Map<String, INDArray> prepare(TrainingBatch batch);

        /**
         * How many steps are made with every batch of training data. Each is a whole one, with its own preparation, update,
         * count of iterations and calls of listeners.
         *
         * @return at least 1, by default 1; asked once, before the first step
         */
        default int replays() {
            return 1;
        }

        /**
         * By what the loss is differentiated besides the weights: computed in the same sweep, read by {@link
         * GradientStep#gradient} in {@link #beforeUpdate}.
         *
         * @return floating-point placeholders that the loss depends on, by default none; asked once, before the first step
         */
        default Set<String> alsoDifferentiated() {
            return Set.of();
        }

        /**
         * Called in every step of training, with finite losses, after the gradients are known and before any weight is updated.
         *
         * @param step the gradients, and the means to compute them at other weights
         */
        default void beforeUpdate(GradientStep step) {}

        /**
         * What is carried from step to step beside the graph and ND4J's random generator: part of the checkpoints, so that a
         * resumed run is the uninterrupted one. Asked between epochs.
         *
         * @return arrays by name, not changed afterwards; by default none
         */
        default Map<String, INDArray> state() {
            return Map.of();
        }

        /**
         * Goes on from a checkpoint. Called before the first batch is prepared, and before weights are put back.
         *
         * @param saved what {@link #state} gave when the checkpoint was written
         * @throws IllegalArgumentException if that is not of this objective on this graph; nothing is changed then
         */
        default void resume(Map<String, INDArray> saved) {
            if (!saved.isEmpty()) {
                throw new IllegalArgumentException(
                        "the checkpoint holds what another objective carries from step to step, "
                                + saved.keySet()
                                + "; this one carries nothing: resume with the objective that it was written with,"
                                + " or start anew with fit()");
            }
        }

        /** Takes what {@link Objective#start} added out of the graph again. */
        @Override
        default void close() {}
    }

    /**
     * The loss variables of the graph as they are, penalties included, on the data as it is: what {@code sd.fit} minimises.
     *
     * @return an objective without state
     */
    static Objective lossVariables() {
        return GraphLoss.INSTANCE;
    }
}
