package org.jacreg.examples.cli;

import java.io.PrintWriter;
import org.jacreg.examples.experiment.ExperimentListener;

/** One line a stage, written when the stage has ended. */
final class LineProgress implements ExperimentListener {

    private final PrintWriter err;
    private String stage = "";

    LineProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void stage(String name, long steps) {
        stage = name;
    }

    @Override
    public void progress(long done) {}

    @Override
    public void done(String summary) {
        err.println(stage + ": " + summary);
        err.flush();
    }
}
