package org.jacreg.benchmarks.growth;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.jacreg.benchmarks.paired.GeneratedPart;
import org.jacreg.benchmarks.workload.Engine;
import org.jacreg.benchmarks.workload.Job;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code growth}: the cost of each job as one size grows. */
@Command(
        name = "growth",
        header = "Measures how cost grows with N, C, D and depth, and plots it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class GrowthCommand implements Callable<Integer> {

    private static final List<Job> JOBS = List.of(Job.PLAIN, Job.PROJECTION, Job.FROBENIUS, Job.L11, Job.JACOBIAN);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--axes",
            split = ",",
            paramLabel = "AXIS",
            description = "Of ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Axis> axes = List.of(Axis.values());

    @Option(names = "--engine", description = "jacreg or samediff. Default: ${DEFAULT-VALUE}.")
    private String engine = "jacreg";

    @Option(names = "--seconds", description = "For each point. Default: ${DEFAULT-VALUE}.")
    private double seconds = 0.4;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the plots go. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("docs", "images");

    @Option(names = "--record", description = "Writes the numbers into docs/performance.md as well.")
    private boolean record;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(out);
        StringBuilder tables = new StringBuilder();
        for (Axis axis : axes) {
            List<Curve> curves = new ArrayList<>();
            for (Job job : JOBS) {
                curves.add(curve(axis, job));
            }
            String file = "growth-" + axis.name().toLowerCase(Locale.ROOT) + ".svg";
            new GrowthChart("Cost by " + axis.label(), axis.label(), curves).write(out.resolve(file));
            tables.append("![Milliseconds by ")
                    .append(axis.label())
                    .append("](images/")
                    .append(file)
                    .append(")\n\n");
            tables.append(table(axis, curves)).append('\n');
        }
        PrintWriter console = spec.commandLine().getOut();
        console.println(tables);
        console.flush();
        if (record) {
            new GeneratedPart(Path.of("docs", "performance.md"), "growth").write(tables.toString());
        }
        return CommandLine.ExitCode.OK;
    }

    private Curve curve(Axis axis, Job job) {
        List<Double> times = new ArrayList<>();
        for (int value : axis.sizes()) {
            try (Engine.Task task = Engine.named(engine).prepare(axis.network(value), job, axis.batch(value))) {
                times.add(median(task));
            }
        }
        return new Curve(job.key(), axis.sizes(), times);
    }

    /** Half of the time is warm-up. */
    private double median(Engine.Task task) {
        List<Double> ms = new ArrayList<>();
        long start = System.nanoTime();
        while (ms.size() < 6 || System.nanoTime() - start < seconds * 1e9) {
            long before = System.nanoTime();
            task.run();
            ms.add((System.nanoTime() - before) / 1e6);
        }
        return new Median()
                .evaluate(ms.stream()
                        .skip(ms.size() / 2)
                        .mapToDouble(Double::doubleValue)
                        .toArray());
    }

    private static String table(Axis axis, List<Curve> curves) {
        StringBuilder text = new StringBuilder("| " + axis.label() + " |");
        axis.sizes().forEach(value -> text.append(' ').append(value).append(" |"));
        text.append("\n|---|").append("---|".repeat(axis.sizes().size())).append('\n');
        for (Curve curve : curves) {
            text.append("| ").append(curve.job()).append(", ms |");
            curve.ms().forEach(ms -> text.append(String.format(Locale.ROOT, " %.3g |", ms)));
            text.append('\n');
        }
        return text.toString();
    }
}
