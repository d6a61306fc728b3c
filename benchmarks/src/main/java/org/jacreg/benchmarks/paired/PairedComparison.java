package org.jacreg.benchmarks.paired;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacreg.benchmarks.paired.ComparisonResult.Cell;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code paired}: the library beside its peers, alternately in one run. */
@Command(
        name = "paired",
        header = "Times the library beside PyTorch and libtorch, alternately in one run.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class PairedComparison implements Callable<Integer> {

    private static final Path PAGE = Path.of("docs", "performance.md");
    private static final Path RECORD = Path.of("docs", "performance", "paired.json");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final Contenders contenders = new Contenders();

    @Option(names = "--networks", split = ",", paramLabel = "NET", description = "mlp, lenet. Default: both.")
    private List<String> networks = List.of("mlp", "lenet");

    @Option(
            names = "--jobs",
            split = ",",
            paramLabel = "JOB",
            description = "plain, frobenius, l11, projection, jacobian, pgd40. Default: all.")
    private List<String> jobs = List.of("plain", "frobenius", "l11", "projection", "jacobian", "pgd40");

    @Option(names = "--rounds", description = "Turns of every side. Default: ${DEFAULT-VALUE}.")
    private int rounds = 7;

    @Option(names = "--turn", paramLabel = "SECONDS", description = "Length of a turn. Default: ${DEFAULT-VALUE}.")
    private double turnSeconds = 0.3;

    @Option(names = "--warm", paramLabel = "SECONDS", description = "Warm-up of a variant. Default: ${DEFAULT-VALUE}.")
    private double warmSeconds = 0.5;

    @Option(names = "--no-check", description = "Do not compare exact variants with each other first.")
    private boolean noCheck;

    @Option(
            names = "--record",
            description =
                    "Writes what was measured to docs/performance/paired.json, and tables of it into docs/performance.md.")
    private boolean record;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes what was measured to another file.")
    private @Nullable Path json;

    @Option(names = "--merge", description = "Keeps what the file holds of other networks and jobs.")
    private boolean merge;

    @Override
    public Integer call() throws IOException {
        PrintWriter progress = spec.commandLine().getErr();
        List<Side> sides = contenders.start(progress);
        try {
            Map<String, Map<String, String>> descriptions = described(sides, progress);
            Comparison comparison = new Comparison(sides, new Comparison.Lengths(rounds, turnSeconds, warmSeconds));
            List<Cell> cells = new ArrayList<>();
            for (String network : networks) {
                for (String job : jobs) {
                    progress.println("# " + network + " " + job);
                    progress.flush();
                    cells.add(comparison.cell(network, job));
                }
            }
            write(new ComparisonResult(now(), Machine.describe(contenders.environment()), descriptions, cells));
        } finally {
            sides.forEach(Side::close);
        }
        return CommandLine.ExitCode.OK;
    }

    private Map<String, Map<String, String>> described(List<Side> sides, PrintWriter progress) throws IOException {
        Map<String, Map<String, String>> descriptions = new LinkedHashMap<>();
        for (Side side : sides) {
            Map<String, String> description = new LinkedHashMap<>(side.description());
            if (!noCheck) {
                progress.println("# " + side.key() + ": exact variants agree?");
                progress.flush();
                description.put("exact variants agree to", String.format(Locale.ROOT, "%.0e", side.check()));
            }
            descriptions.put(side.key(), description);
        }
        return descriptions;
    }

    private static String now() {
        return ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'"));
    }

    private void write(ComparisonResult measured) throws IOException {
        Path file = json != null ? json : record ? RECORD : null;
        ComparisonResult result = measured;
        if (file != null) {
            ObjectMapper mapper = new ObjectMapper();
            if (merge && Files.exists(file)) {
                result = measured.over(mapper.readValue(Files.readString(file), ComparisonResult.class));
            }
            Files.writeString(file, mapper.writeValueAsString(result) + "\n");
        }
        String text = new ComparisonMarkdown(result).text();
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
        if (record) {
            new GeneratedPart(PAGE, "paired").write(text);
        }
    }
}
