package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.Experiment;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.HtmlReport;
import org.jacreg.examples.report.TextTable;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ResultJson;
import org.jacreg.examples.result.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jacreg mnist}: runs the experiment, prints the table, writes the report. */
@Command(
        name = "mnist",
        header =
                "Trains a network on MNIST in eight ways, attacks and certifies it, prints a table and writes a report.",
        description = {
            "",
            "The same network is trained with plain cross-entropy, with lambda ||J||_F^2, with lambda ||J||_1,1 and"
                    + " adversarially (PGD, TRADES, MART, ARoW). The table goes to standard output, progress to standard error, report.html and"
                    + " result.json into the --out directory.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed or a certificate was contradicted, 2 wrong usage."})
final class MnistCommand implements Callable<Integer> {

    static final String VERBOSE = "--verbose";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final SettingsOptions settingsOptions = new SettingsOptions();

    @Mixin
    private final ProgressOptions progress = new ProgressOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Your own idx files under MNIST's names, raw or gzipped. Default: the digits shipped with this program.")
    private @Nullable Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where the report goes; made if absent. Default: target/jacreg-report if there is a pom.xml here, else"
                            + " jacreg-report.")
    private @Nullable Path out;

    @Option(names = VERBOSE, description = "On a failure, show where it happened.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException {
        Settings settings = settings();
        Path folder = outputFolder();
        MnistData digits = digits();
        ExperimentResult result = experiment(
                        settings, digits, progress.listener(spec.commandLine().getErr()))
                .run();
        return conclude(
                result, folder, spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    /** Whether a failure is to be shown with its place. */
    boolean verbose() {
        return verbose;
    }

    private Settings settings() {
        try {
            return settingsOptions.settings();
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    private Path outputFolder() throws IOException {
        Path folder = out != null
                ? out
                : Path.of(Files.exists(Path.of("pom.xml")) ? "target/jacreg-report" : "jacreg-report");
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new ParameterException(spec.commandLine(), "--out: expected a directory, got the file " + folder);
        }
        return Files.createDirectories(folder);
    }

    private MnistData digits() throws IOException {
        if (data == null) {
            return MnistData.bundled();
        }
        if (!Files.isDirectory(data)) {
            throw new ParameterException(
                    spec.commandLine(), "--data: expected a directory with four idx files, got " + data);
        }
        return MnistData.fromDirectory(data);
    }

    private Experiment experiment(Settings settings, MnistData digits, ExperimentListener listener) {
        try {
            return new Experiment(settings, digits, repeated(), listener);
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    /** The command that repeats this run from a checkout: the options given, and the seed if it was left to the default. */
    private String repeated() {
        List<String> args = spec.commandLine().getParseResult().originalArgs();
        String options = String.join(" ", args);
        boolean seeded = spec.commandLine().getParseResult().hasMatchedOption("--seed");
        String complete = seeded ? options : (options + " --seed " + SettingsOptions.DEFAULT_SEED).strip();
        return "mvn -q -Pmnist -Dargs=\"" + complete + "\"";
    }

    private ParameterException usage(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }

    /** Writes all files, shows the table, and complains of certificates that attacks contradict. */
    static int conclude(ExperimentResult result, Path folder, PrintWriter out, PrintWriter err) throws IOException {
        Path json = folder.resolve("result.json").toAbsolutePath().normalize();
        Path html = folder.resolve("report.html").toAbsolutePath().normalize();
        new ResultJson().write(result, json);
        out.print(TextTable.of(result));
        out.flush();
        new HtmlReport().write(result, html);
        out.println();
        out.println("report: " + html);
        out.println("data:   " + json);
        List<String> contradictions = result.contradictions();
        contradictions.forEach(found -> err.println("jacreg: certificate contradicted: " + found + "; see " + json));
        return contradictions.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
