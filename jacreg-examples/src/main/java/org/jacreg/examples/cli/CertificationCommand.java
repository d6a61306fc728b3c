package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jacreg.examples.certification.Certification;
import org.jacreg.examples.certification.CertificationPage;
import org.jacreg.examples.certification.CertificationResult;
import org.jacreg.examples.certification.Way;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code jacreg certification}: certified radii of several networks, and attacks within them. */
@Command(
        name = "certification",
        header = "Certifies networks trained on MNIST, and attacks them within the certified radii.",
        description = {
            "",
            "Trains networks plainly, with Jacobian penalties, adversarially and on interval bounds, computes certified radii of test digits by all"
                    + " methods, runs all attacks within them, and puts all methods side by side on small networks that branch and"
                    + " bound can do. Makes the runs that --out does not hold yet, one file a run: what was interrupted goes on when"
                    + " it is started again, and several processes may be started on one folder. The tables go to standard output,"
                    + " progress to standard error.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed or a certificate was contradicted, 2 wrong usage."})
final class CertificationCommand implements Callable<Integer> {

    @Mixin
    private final CertificationOptions options = new CertificationOptions();

    @Mixin
    private final RunOptions runs = new RunOptions(Path.of("target/certification"), "certification.json");

    @Option(
            names = "--networks",
            paramLabel = "NAME",
            split = ",",
            description = "Which networks: plain, frobenius, l11, pgd-at, ibp. Default: all.")
    private @Nullable List<String> networks;

    @Option(names = "--small-only", description = "Only puts all methods side by side on the small networks.")
    private boolean smallOnly;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "A page to put the tables into, between marks such as <!-- certification-radii:begin -->; plots go into the"
                            + " folder images beside it.")
    private @Nullable Path page;

    @Override
    public Integer call() throws IOException {
        CertificationResult result = runs.run(this::certify);
        PrintWriter console = runs.console();
        CertificationPage shown = new CertificationPage(result);
        shown.tables().forEach((title, rows) -> console.println(title + "\n" + TextTable.align(rows)));
        shown.notes().forEach(console::println);
        runs.tellSummary();
        if (page != null) {
            shown.write(page);
        }
        return result.contradicted() ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private CertificationResult certify(Path folder, ExperimentListener listener) throws IOException {
        List<Way> ways = networks == null
                ? List.of(Way.values())
                : networks.stream().map(Way::of).toList();
        Certification certification = new Certification(options.small(), MnistData.bundled(), listener);
        return smallOnly ? certification.runSmall(folder, ways) : certification.run(folder, ways, options.digits());
    }
}
