package org.jacreg.examples.cli;

import java.io.PrintWriter;
import org.jacreg.examples.experiment.ExperimentListener;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** The options that say how a command shows its progress. */
final class ProgressOptions {

    @Option(
            names = {"--quiet", "-q"},
            description = "No progress at all, only the tables.")
    private boolean quiet;

    @Option(
            names = "--no-progress",
            description = "Lines instead of progress bars, as when standard output is no terminal.")
    private boolean noProgress;

    /** Shows progress as was asked for; lines go to the writer, bars to the terminal. */
    ExperimentListener listener(PrintWriter err) {
        return ProgressDisplay.choose(err, quiet, noProgress || !Ansi.AUTO.enabled());
    }
}
