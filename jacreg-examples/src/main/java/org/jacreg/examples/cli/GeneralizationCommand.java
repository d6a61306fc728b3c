package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.report.TextTable;
import org.jacreg.examples.study.Study;
import org.jacreg.examples.study.StudyPage;
import org.jacreg.examples.study.StudyResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    private final StudyOptions options = new StudyOptions();

    @Mixin
    private final RunOptions runs = new RunOptions(Path.of("target/generalization"), "generalization.json");

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "A page to put the tables into, between marks such as <!-- generalization-gaps:begin -->; plots go into"
                            + " the folder images beside it.")
    private @Nullable Path page;

    @Override
    public Integer call() throws IOException {
        StudyResult result = runs.run((folder, listener) ->
                new Study(options.settings(), MnistData.bundled(), listener).run(folder, options.grid()));
        PrintWriter console = runs.console();
        StudyPage study = new StudyPage(result);
        study.tables().forEach((title, rows) -> console.println(title + "\n" + TextTable.align(rows)));
        runs.tellSummary();
        if (page != null) {
            study.write(page);
        }
        return ExitCode.OK;
    }
}
