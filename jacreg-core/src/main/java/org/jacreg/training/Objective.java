package org.jacreg.training;

import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the steps of a {@link RobustTrainer} minimise: a change of the graph while training lasts, and of every batch before it
 * is fed.
 *
 * <p>Adversarial training replaces the input of a batch by attacked ones. Losses on clean and attacked inputs together add a
 * placeholder, their terms and their loss variable to the graph in {@link #start}, fill the placeholder in {@link
 * Session#prepare}, and take all of it away in {@link Session#close}. Predictions of a teacher are one more placeholder.
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

    /** The preparation of batches during one run. */
    @FunctionalInterface
    interface Session extends AutoCloseable {

        /**
         * What is fed for a batch. Called right before the step, with the weights of that moment.
         *
         * @param batch the data; not modified
         * @return a value for every placeholder that the loss variables depend on; must not change until the next call
         */
        Map<String, INDArray> prepare(TrainingBatch batch);

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
