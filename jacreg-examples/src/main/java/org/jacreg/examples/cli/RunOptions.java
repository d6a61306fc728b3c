package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jacreg.examples.experiment.ExperimentListener;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that keep one file a run share: where the files go, and how progress is shown. */
final class RunOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
    private CommandSpec command;

    @Mixin
    private final ProgressOptions progress = new ProgressOptions();

    private final String summary;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where runs are kept; made if absent. Default: ${DEFAULT-VALUE}.")
    private Path out;

    /**
     * The options of a command.
     *
     * @param out where runs go by default
     * @param summary the file there that holds all of them
     */
    RunOptions(Path out, String summary) {
        this.out = out;
        this.summary = summary;
    }

    /** Makes the runs of a folder that are not there yet. */
    @FunctionalInterface
    interface Work<T> {
        T in(Path folder, ExperimentListener listener) throws IOException;
    }

    /** Works on the folder and shows progress; an {@link IllegalArgumentException} is wrong usage. */
    <T> T run(Work<T> work) throws IOException {
        try {
            return work.in(out, progress.listener(command.commandLine().getErr()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    PrintWriter console() {
        return command.commandLine().getOut();
    }

    /** Says where all runs stand. */
    void tellSummary() {
        console().println("data: " + out.resolve(summary).toAbsolutePath().normalize());
    }
}
