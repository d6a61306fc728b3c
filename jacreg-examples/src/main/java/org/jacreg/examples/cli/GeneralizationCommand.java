package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.TextTable;
import org.jacreg.examples.study.Study;
import org.jacreg.examples.study.StudyPage;
import org.jacreg.examples.study.StudyResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jacreg generalization}: which measure of a network goes with its generalization gap. */
@Command(
        name = "generalization",
        header =
                "Trains a grid of networks on MNIST, and correlates measures and bounds with the measured generalization gaps.",
        description = {
            "",
            "Networks trained plainly, with Jacobian penalties and adversarially, to several strengths, on several numbers of digits,"
                    + " all for the same number of steps. Makes the runs that --out does not hold yet, one file a run: an interrupted"
                    + " study goes on when it is started again, and several processes may be started on one folder. The tables go to"
                    + " standard output, progress to standard error.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
final class GeneralizationCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final StudyOptions options = new StudyOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where runs are kept; made if absent. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("target/generalization");

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "A page to put the tables into, between marks such as <!-- generalization-gaps:begin -->; plots go into"
                            + " the folder images beside it.")
    private @Nullable Path page;

    @Option(
            names = {"--quiet", "-q"},
            description = "No progress at all, only the tables.")
    private boolean quiet;

    @Option(
            names = "--no-progress",
            description = "Lines instead of progress bars, as when standard output is no terminal.")
    private boolean noProgress;

    @Override
    public Integer call() throws IOException {
        ExperimentListener progress =
                ProgressDisplay.choose(spec.commandLine().getErr(), quiet, noProgress || !Ansi.AUTO.enabled());
        StudyResult result;
        try {
            result = new Study(options.settings(), MnistData.bundled(), progress).run(out, options.grid());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintWriter console = spec.commandLine().getOut();
        StudyPage study = new StudyPage(result);
        study.tables().forEach((title, rows) -> console.println(title + "\n" + TextTable.align(rows)));
        console.println(
                "data: " + out.resolve("generalization.json").toAbsolutePath().normalize());
        if (page != null) {
            study.write(page);
        }
        return ExitCode.OK;
    }
}
