package org.jacreg.benchmarks.workload;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A way to do jobs: what is timed against other ways. */
public interface Engine {

    /**
     * A job that is ready to run.
     *
     * <p>One thread at a time.
     */
    interface Task extends AutoCloseable {

        /** Does the job once. A training step trains on from where the last one ended. */
        void run();

        /**
         * What the last run computed, for comparison.
         *
         * @return gradients by the weights in the order of the graph; the Jacobian {@code [N, C, D]}; or the adversarial points.
         *     May be overwritten by the next run
         */
        List<INDArray> outcome();

        /** Frees what the task holds beside arrays. */
        @Override
        default void close() {}
    }

    /**
     * As the commands spell it.
     *
     * @return one word
     */
    String name();

    /**
     * Builds everything that is built once.
     *
     * @param network the network, of which the task gets a copy of its own
     * @param job what to do
     * @param batch the number of samples
     * @return a task on that copy
     */
    Task prepare(Workload network, Job job, int batch);

    /**
     * All engines.
     *
     * @return the library first, then SameDiff alone
     */
    static List<Engine> all() {
        return List.of(new LibraryEngine(), new SameDiffEngine());
    }

    /**
     * One of {@link #all()}.
     *
     * @param name its name
     * @return the engine
     * @throws IllegalArgumentException if there is none of that name
     */
    static Engine named(String name) {
        return all().stream()
                .filter(engine -> engine.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no engine '" + name + "'; there are "
                        + all().stream().map(Engine::name).toList()));
    }
}
