package org.jacreg.benchmarks.backend;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.jacreg.benchmarks.paired.GeneratedPart;
import org.jacreg.benchmarks.paired.OurContender;
import org.jacreg.benchmarks.protocol.ContenderProcess;
import org.jacreg.benchmarks.protocol.Variant;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code backend}: the same work under different settings, each in a JVM of its own. */
@Command(
        name = "backend",
        header = "Times matrix products and training steps under different settings of the backend.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class BackendAdvice implements Callable<Integer> {

    private static final int SIDE = 2048;
    private static final List<String> STEPS =
            List.of("mlp plain samediff", "mlp frobenius samediff", "lenet plain samediff", "mlp frobenius jacreg");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--only", paramLabel = "TEXT", description = "Settings whose names hold this. Default: all.")
    private String only = "";

    @Option(names = "--seconds", description = "For each figure. Default: ${DEFAULT-VALUE}.")
    private double seconds = 0.7;

    @Option(names = "--record", description = "Writes the table into docs/performance.md.")
    private boolean record;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> rows = new ArrayList<>();
        rows.add("| setting | sgemm " + SIDE + ", GFLOP/s | " + String.join(", ms | ", STEPS) + ", ms |");
        rows.add("|---|---|" + "---|".repeat(STEPS.size()));
        out.println(String.join("\n", rows));
        for (Setting setting : Setting.all()) {
            if (setting.name().contains(only)) {
                rows.add("| " + setting.name() + " | " + figures(setting) + " |");
                out.println(rows.get(rows.size() - 1));
                out.flush();
            }
        }
        if (record) {
            new GeneratedPart(Path.of("docs", "performance.md"), "backend").write(String.join("\n", rows));
        }
        return CommandLine.ExitCode.OK;
    }

    private String figures(Setting setting) {
        if (!setting.missing().isEmpty()) {
            return "not measured: no " + Path.of(setting.missing().get(0)).getFileName() + " |".repeat(STEPS.size());
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(setting.options());
        command.addAll(List.of("-Xmx3g", "-cp", setting.classPath(), OurContender.class.getName()));
        try (ContenderProcess process = new ContenderProcess(command, setting.environment())) {
            StringJoiner figures = new StringJoiner(" | ");
            Variant product = new Variant(OurContender.PRODUCT, "sgemm", Integer.toString(SIDE));
            figures.add(String.format(Locale.ROOT, "%.0f", 2e-6 * SIDE * SIDE * SIDE / times(process, product)[1]));
            for (String step : STEPS) {
                double[] ms = times(process, Variant.parse(step));
                figures.add(String.format(Locale.ROOT, "%.3g [%.3g, %.3g]", ms[1], ms[0], ms[2]));
            }
            return figures.toString();
        } catch (IOException e) {
            return "fails: " + e.getMessage() + " |".repeat(STEPS.size());
        }
    }

    /** Least, median and largest time, in milliseconds, of repetitions that take some seconds together. */
    private double[] times(ContenderProcess process, Variant variant) throws IOException {
        process.time(variant, 2);
        double once = process.time(variant, 1).get(0);
        int count = (int) Math.max(3, Math.min(1000, seconds * 1e3 / once));
        double[] ms = process.time(variant, count).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return new double[] {ms[0], new Median().evaluate(ms), ms[ms.length - 1]};
    }
}
