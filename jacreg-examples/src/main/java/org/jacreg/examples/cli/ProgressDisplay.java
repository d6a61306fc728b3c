package org.jacreg.examples.cli;

import java.io.PrintWriter;
import org.jacreg.examples.experiment.ExperimentListener;

/** Ways to show how far an experiment has come. */
final class ProgressDisplay {

    private ProgressDisplay() {}

    /** Nothing if quiet, lines if asked for or without a terminal, else bars; lines go to the writer, bars to the terminal. */
    static ExperimentListener choose(PrintWriter err, boolean quiet, boolean lines) {
        if (quiet) {
            return ExperimentListener.none();
        }
        return lines ? new LineProgress(err) : new BarProgress(err);
    }
}
