package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jacreg.benchmarks.protocol.Variant;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code memory}: what one variant adds to the resident memory of a fresh process. */
@Command(
        name = "memory",
        header = "Measures the peak memory of an exact training step, each variant in a fresh process.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class MemoryCommand implements Callable<Integer> {

    private static final int REPETITIONS = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final Contenders contenders = new Contenders();

    @Option(names = "--network", description = "Default: ${DEFAULT-VALUE}.")
    private String network = "mlp";

    @Option(names = "--job", description = "Default: ${DEFAULT-VALUE}.")
    private String job = "frobenius";

    @Option(names = "--record", description = "Writes the table into docs/performance.md.")
    private boolean record;

    @Override
    public Integer call() throws IOException {
        List<String> rows = new ArrayList<>(List.of(
                "Resident memory of a fresh process before the job, MiB, and what " + REPETITIONS + " repetitions of '"
                        + network + " " + job + "' add to it at their peak.",
                "",
                "| side | variant | before | added |",
                "|---|---|---|---|"));
        List<List<String>> jobs = new ArrayList<>();
        List<Side> sides = contenders.start(spec.commandLine().getErr());
        for (Side side : sides) {
            side.variants(network, job).forEach(v -> jobs.add(List.of(side.key(), v.toString())));
            side.close();
        }
        for (List<String> one : jobs) {
            rows.add(measured(one.get(0), Variant.parse(one.get(1))));
        }
        String table = String.join("\n", rows);
        spec.commandLine().getOut().println(table);
        spec.commandLine().getOut().flush();
        if (record) {
            new GeneratedPart(Path.of("docs", "performance.md"), "memory").write(table);
        }
        return CommandLine.ExitCode.OK;
    }

    private String measured(String key, Variant variant) throws IOException {
        try (Side side = contenders.start(key)) {
            double before = side.memory("VmRSS");
            side.repeat(variant, REPETITIONS);
            double added = side.memory("VmHWM") - before;
            return String.format(Locale.ROOT, "| %s | %s | %.0f | %.0f |", key, variant.name(), before, added);
        }
    }
}
