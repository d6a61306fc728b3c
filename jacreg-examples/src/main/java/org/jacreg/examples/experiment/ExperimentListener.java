package org.jacreg.examples.experiment;

import org.jacreg.examples.result.ModelKind;
import org.nd4j.autodiff.samediff.SameDiff;

/** Hears how far an experiment has come, on the thread that works. Stages follow one another and do not nest. */
public interface ExperimentListener {

    /**
     * A stage begins.
     *
     * @param name what is done
     * @param steps how many steps it has at most
     */
    void stage(String name, long steps);

    /**
     * Steps of the current stage are done.
     *
     * @param done how many since the stage began, growing from call to call
     */
    void progress(long done);

    /**
     * The current stage has ended.
     *
     * @param summary what came of it, in a phrase
     */
    void done(String summary);

    /**
     * A model is trained; it is measured next.
     *
     * @param kind how it was trained
     * @param graph the graph; not to be modified
     */
    default void trained(ModelKind kind, SameDiff graph) {}

    /**
     * A listener that does nothing.
     *
     * @return the listener
     */
    static ExperimentListener none() {
        return new ExperimentListener() {
            @Override
            public void stage(String name, long steps) {}

            @Override
            public void progress(long done) {}

            @Override
            public void done(String summary) {}
        };
    }
}
