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
import org.jacreg.examples.comparison.MarkedPage;
import org.jacreg.examples.comparison.Method;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final ComparisonOptions options = new ComparisonOptions();

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
            names = "--out",
            paramLabel = "DIR",
            description = "Where runs are kept; made if absent. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("target/robust-training");

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "A page to put the table into, between <!-- robust-training:begin --> and <!-- robust-training:end -->"
                            + " (tuning: robust-training-tuning).")
    private @Nullable Path page;

    @Option(
            names = {"--quiet", "-q"},
            description = "No progress at all, only the table.")
    private boolean quiet;

    @Option(
            names = "--no-progress",
            description = "Lines instead of progress bars, as when standard output is no terminal.")
    private boolean noProgress;

    @Override
    public Integer call() throws IOException {
        ExperimentListener progress =
                ProgressDisplay.choose(spec.commandLine().getErr(), quiet, noProgress || !Ansi.AUTO.enabled());
        Map<Method, Double> chosen = chosenStrengths();
        ComparisonResult result;
        try {
            ComparisonSettings settings = options.settings(tune, chosen.getOrDefault(Method.AROW, 0.0));
            result = new Comparison(settings, MnistData.bundled(), progress).run(out, strengths(chosen), seeds);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
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
        PrintWriter console = spec.commandLine().getOut();
        ComparisonTable table = new ComparisonTable(result);
        console.print(TextTable.align(table.rows()));
        table.notes().forEach(console::println);
        if (tune) {
            console.println("best strengths: " + result.bestStrengths());
        }
        console.println(
                "data: " + out.resolve("comparison.json").toAbsolutePath().normalize());
        if (page != null) {
            MarkedPage.replace(page, tune ? "robust-training-tuning" : "robust-training", table.markdown());
        }
    }
}
