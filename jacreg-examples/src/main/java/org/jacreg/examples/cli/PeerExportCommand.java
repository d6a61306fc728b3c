package org.jacreg.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jacreg.examples.comparison.ComparisonSettings;
import org.jacreg.examples.comparison.Method;
import org.jacreg.examples.comparison.TrainedNetwork;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.peers.PeerExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jacreg peer-export}: hands a network and our attacks' findings to another implementation. */
@Command(
        name = "peer-export",
        header = "Trains a network, attacks it, and writes all of it for another implementation of the attacks.",
        description = {"", "The other side is jacreg-attacks/src/test/peers.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
final class PeerExportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final ComparisonOptions options = new ComparisonOptions();

    @Option(names = "--method", paramLabel = "NAME", description = "How to train. Default: ${DEFAULT-VALUE}.")
    private String method = Method.PGD_AT.id();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--square-queries", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int squareQueries = 2_000;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the files go; made if absent. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("target/peers");

    @Override
    public Integer call() throws IOException {
        ExperimentListener progress = ProgressDisplay.choose(spec.commandLine().getErr(), false, true);
        try {
            ComparisonSettings settings = options.settings(false, 0);
            Method chosen = Method.of(method);
            TrainedNetwork network = TrainedNetwork.train(
                    settings, MnistData.bundled(), chosen, chosen.candidates().get(0), seed, progress);
            new PeerExport(out, seed, squareQueries, progress)
                    .run(
                            network.graph(),
                            network.x(),
                            network.labels(),
                            network.y(),
                            List.copyOf(settings.exam().epsilons()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        spec.commandLine().getOut().println("export: " + out.toAbsolutePath().normalize());
        return ExitCode.OK;
    }
}
