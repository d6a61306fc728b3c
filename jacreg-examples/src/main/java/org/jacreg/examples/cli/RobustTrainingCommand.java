package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacreg.examples.comparison.Comparison;
import org.jacreg.examples.comparison.ComparisonJson;
import org.jacreg.examples.comparison.ComparisonResult;
import org.jacreg.examples.comparison.ComparisonSettings;
import org.jacreg.examples.comparison.ComparisonTable;
import org.jacreg.examples.comparison.Method;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.report.TextTable;
import org.jacreg.examples.runs.MarkedPage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code jacreg robust-training}: compares ways of robust training over several seeds. */
@Command(
        name = "robust-training",
        header = "Compares ways of robust training on MNIST, over several seeds.",
        description = {
            "",
            "Makes the runs that --out does not hold yet, one file a run: an interrupted comparison goes on when it is started again,"
                    + " and several processes may be started on one folder. The table goes to standard output, progress to"
                    + " standard error.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
final class RobustTrainingCommand implements Callable<Integer> {

    @Mixin
    private final ComparisonOptions options = new ComparisonOptions();

    @Mixin
    private final RunOptions runs = new RunOptions(Path.of("target/robust-training"), "comparison.json");

    @Option(
            names = "--methods",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Which methods: ce, pgd-at, trades, mart, arow, hat, frobenius, l11, arow-frobenius. Default: all.")
    private @Nullable List<String> methods;

    @Option(names = "--seeds", paramLabel = "N", split = ",", description = "Seeds. Default: ${DEFAULT-VALUE}.")
    private List<Long> seeds = List.of(1L, 2L, 3L);

    @Option(
            names = "--tune",
            description =
                    "Run every strength of every method, on digits kept back from the training digits; --strengths-from reads"
                            + " the outcome.")
    private boolean tune;

    @Option(
            names = "--strengths-from",
            paramLabel = "FILE",
            description =
                    "The comparison.json of a tuning: of each method, take the strength with the best mean of clean accuracy and"
                            + " accuracy under PGD at the radius of training. Default: the middle ones.")
    private @Nullable Path strengthsFrom;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "A page to put the table into, between <!-- robust-training:begin --> and <!-- robust-training:end -->"
                            + " (tuning: robust-training-tuning).")
    private @Nullable Path page;

    @Override
    public Integer call() throws IOException {
        Map<Method, Double> chosen = chosenStrengths();
        ComparisonResult result = runs.run((folder, listener) -> {
            ComparisonSettings settings = options.settings(tune, chosen.getOrDefault(Method.AROW, 0.0));
            return new Comparison(settings, MnistData.bundled(), listener).run(folder, strengths(chosen), seeds);
        });
        show(result);
        return ExitCode.OK;
    }

    private Map<Method, Double> chosenStrengths() throws IOException {
        Map<Method, Double> chosen = new LinkedHashMap<>(ComparisonSettings.middleStrengths());
        if (strengthsFrom != null) {
            chosen.putAll(new ComparisonJson().read(strengthsFrom).bestStrengths());
        }
        return chosen;
    }

    private Map<Method, List<Double>> strengths(Map<Method, Double> chosen) {
        Map<Method, List<Double>> strengths = new LinkedHashMap<>();
        List<Method> wanted = methods == null
                ? List.of(Method.values())
                : methods.stream().map(Method::of).toList();
        for (Method method : wanted) {
            strengths.put(method, tune ? method.candidates() : List.of(chosen.getOrDefault(method, 0.0)));
        }
        return strengths;
    }

    private void show(ComparisonResult result) throws IOException {
        PrintWriter console = runs.console();
        ComparisonTable table = new ComparisonTable(result);
        console.print(TextTable.align(table.rows()));
        table.notes().forEach(console::println);
        if (tune) {
            console.println("best strengths: " + result.bestStrengths());
        }
        runs.tellSummary();
        if (page != null) {
            MarkedPage.replace(page, tune ? "robust-training-tuning" : "robust-training", table.markdown());
        }
    }
}
