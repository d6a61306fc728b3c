package org.jacreg.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.comparison.AttackComparison;
import org.jacreg.examples.comparison.ComparisonSettings;
import org.jacreg.examples.comparison.MarkedPage;
import org.jacreg.examples.comparison.Method;
import org.jacreg.examples.comparison.TrainedNetwork;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.TextTable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jacreg attack-comparison}: one network under many attacks. */
@Command(
        name = "attack-comparison",
        header = "Trains one network on MNIST and compares attacks on it.",
        description = {
            "",
            "First the accuracy under AutoAttack's parts, each alone on every digit, and under PGD and APGD with restarts; then the"
                    + " distances that minimum-norm attacks find. Tables go to standard output, progress to standard error.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
final class AttackComparisonCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final ComparisonOptions options = new ComparisonOptions();

    @Option(names = "--method", paramLabel = "NAME", description = "How to train. Default: ${DEFAULT-VALUE}.")
    private String method = Method.PGD_AT.id();

    @Option(
            names = "--strength",
            paramLabel = "X",
            description = "Of the method. Default: the middle one of those that robust-training tries.")
    private @Nullable Double strength;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--distance-size",
            paramLabel = "N",
            description = "How many digits the minimum-norm attacks get. Default: ${DEFAULT-VALUE}.")
    private int distanceSize = 100;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Of APGD and FAB. Default: ${DEFAULT-VALUE}, as in AutoAttack.")
    private int iterations = 100;

    @Option(
            names = "--queries",
            paramLabel = "N",
            description = "Of Square. Default: ${DEFAULT-VALUE}, as in AutoAttack.")
    private int queries = 5_000;

    @Option(names = "--restarts", paramLabel = "N", description = "Of PGD and APGD. Default: ${DEFAULT-VALUE}.")
    private int restarts = 10;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Of DDN, FMN, and each search of C&W and EAD. Default: ${DEFAULT-VALUE}.")
    private int steps = 1_000;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "A page to put the tables into, between <!-- attack-comparison:begin --> and its end.")
    private @Nullable Path page;

    @Override
    public Integer call() throws IOException {
        ExperimentListener progress = ProgressDisplay.choose(spec.commandLine().getErr(), false, !Ansi.AUTO.enabled());
        try {
            compare(progress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        return ExitCode.OK;
    }

    private void compare(ExperimentListener progress) throws IOException {
        ComparisonSettings settings =
                options.settings(false, ComparisonSettings.middleStrengths().getOrDefault(Method.AROW, 0.0));
        int bounded = settings.exam().autoAttackSize();
        if (bounded < 1 || distanceSize < 1 || distanceSize > settings.exam().size()) {
            throw new IllegalArgumentException(
                    "autoattack-size: at least 1 wanted, and distance-size: 1 to test-size; got " + bounded + " and "
                            + distanceSize);
        }
        AttackComparison.Effort effort = new AttackComparison.Effort(
                settings.exam().epsilons(), iterations, queries, settings.exam().pgdSteps(), restarts, steps);
        Method chosen = Method.of(method);
        double weight = Optional.ofNullable(strength)
                .orElse(ComparisonSettings.middleStrengths().getOrDefault(chosen, 0.0));
        TrainedNetwork network = TrainedNetwork.train(settings, MnistData.bundled(), chosen, weight, seed, progress);
        Classifier model = Classifier.of(network.graph()).bounds(0, 1).build();
        AttackComparison comparison = new AttackComparison(model, effort, seed, progress);
        show(
                comparison.bounded(first(network.x(), bounded), first(network.y(), bounded)),
                comparison.distances(first(network.x(), distanceSize), first(network.y(), distanceSize)),
                "Network: " + chosen.label()
                        + (chosen.strengthName().isEmpty() ? "" : ", " + chosen.strengthName() + " " + weight)
                        + ", seed " + seed + ", trained as in the comparison of methods with "
                        + settings.budget().trainSize() + " digits and "
                        + settings.budget().epochs() + " epochs. Accuracy in percent, on " + bounded
                        + " test digits; distances over those of " + distanceSize
                        + " test digits that are classified correctly.");
    }

    private static INDArray first(INDArray rows, int count) {
        return rows.get(NDArrayIndex.interval(0, count), NDArrayIndex.all());
    }

    private void show(List<List<String>> bounded, List<List<String>> distances, String note) throws IOException {
        PrintWriter console = spec.commandLine().getOut();
        console.println(TextTable.align(bounded));
        console.println(TextTable.align(distances));
        console.println(note);
        if (page != null) {
            MarkedPage.replace(
                    page,
                    "attack-comparison",
                    note + "\n\n" + TextTable.markdown(bounded) + "\n" + TextTable.markdown(distances));
        }
    }
}
