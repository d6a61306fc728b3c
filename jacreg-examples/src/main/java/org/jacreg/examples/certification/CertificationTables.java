package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.examples.report.TextTable;

/** What was found, as rows of cells. */
final class CertificationTables {

    private final CertificationResult result;

    CertificationTables(CertificationResult result) {
        this.result = result;
    }

    private List<Way> ways() {
        return result.radii().stream().map(RadiiRun::way).distinct().sorted().toList();
    }

    private List<Double> epsilons(BallNorm norm) {
        return norm == BallNorm.L2
                ? result.settings().epsilonsL2()
                : result.settings().epsilonsLinf();
    }

    /** Mean and median radii, certified accuracies and costs by network and method, in one norm. */
    List<List<String>> radii(BallNorm norm) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("network", "method", "digits", "mean radius", "median"));
        epsilons(norm).forEach(epsilon -> head.add("certified at " + epsilon));
        head.add("CPU ms a digit");
        rows.add(head);
        for (Way way : ways()) {
            for (RadiusKind kind : RadiusKind.values()) {
                double[] radii = result.radii(way, kind);
                if (kind.norm() == norm && radii.length > 0) {
                    List<String> row = new ArrayList<>(List.of(
                            way.label(),
                            kind.label(),
                            Integer.toString(radii.length),
                            number(Summary.mean(radii)),
                            number(Summary.median(radii))));
                    epsilons(norm).forEach(epsilon -> row.add(percent(Summary.certified(radii, epsilon))));
                    row.add(number(1e3 * seconds(way, kind) / radii.length));
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private double seconds(Way way, RadiusKind kind) {
        return result.radii().stream()
                .filter(run -> run.way() == way)
                .mapToDouble(run -> run.seconds().getOrDefault(kind.name(), 0.0))
                .sum();
    }

    /** Between certificate and attack, in one norm: certified accuracy, then accuracy under all attacks, at every radius. */
    List<List<String>> brackets(BallNorm norm) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(
                List.of("network", "clean", "mean certified radius", "of plain's", "median distance of errors found"));
        epsilons(norm).forEach(epsilon -> head.add(epsilon.toString()));
        rows.add(head);
        for (AttackRun run : attacks(norm)) {
            double[] radii = result.radii(run.way(), tightest(norm));
            double[] nearest = run.nearest().stream().mapToDouble(d -> d).toArray();
            double plain = Summary.mean(result.radii(Way.PLAIN, tightest(norm)));
            List<String> row = new ArrayList<>(List.of(
                    run.way().label(),
                    percent(Summary.standing(nearest, 0)),
                    number(Summary.mean(radii)),
                    number(Summary.mean(radii) / plain),
                    number(Summary.median(nearest))));
            for (double epsilon : epsilons(norm)) {
                row.add(percent(Summary.certified(radii, epsilon)) + " to "
                        + percent(Summary.standing(nearest, epsilon)));
            }
            rows.add(row);
        }
        return rows;
    }

    /** The tightest of the methods that all digits have. */
    static RadiusKind tightest(BallNorm norm) {
        return norm == BallNorm.L2 ? RadiusKind.CROWN_L2 : RadiusKind.CROWN;
    }

    List<AttackRun> attacks(BallNorm norm) {
        return result.attacks().stream().filter(run -> run.norm() == norm).toList();
    }

    /** What was attacked, and what it came to. */
    List<List<String>> violations() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "network", "norm", "digits", "radii held", "attacks", "runs on a digit", "violations", "CPU s"));
        for (AttackRun run : result.attacks()) {
            rows.add(List.of(
                    run.way().label(),
                    Distances.norm(run.norm()).toString(),
                    Integer.toString(run.nearest().size()),
                    Integer.toString(run.claims()),
                    Integer.toString(run.attacked().size()),
                    Integer.toString(
                            run.attacked().values().stream().mapToInt(n -> n).sum()),
                    Integer.toString(run.violations().size()),
                    number(run.seconds())));
        }
        for (LadderRun run : result.ladder()) {
            rows.add(List.of(
                    run.way().label() + ", small",
                    Distances.norm(BallNorm.LINF).toString(),
                    Integer.toString(run.nearest().size()),
                    Long.toString(run.radii().values().stream()
                            .flatMap(List::stream)
                            .filter(r -> r >= 0)
                            .count()),
                    "",
                    "",
                    Integer.toString(run.violations().size()),
                    ""));
        }
        return rows;
    }

    /** Every violation in words. */
    List<String> contradictions() {
        return Stream.concat(
                        result.attacks().stream().flatMap(run -> run.violations().stream()),
                        result.ladder().stream().flatMap(run -> run.violations().stream()))
                .map(Violation::toString)
                .toList();
    }

    /** Mean radii from the loosest method to the nearest error, on the small networks. */
    List<List<String>> ladder() {
        List<String> names = new ArrayList<>(
                Arrays.stream(BoundMethod.values()).map(BoundMethod::name).toList());
        names.add("COMPLETE");
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("network", "digits"));
        head.addAll(names);
        head.addAll(List.of("nearest error found", "not decided"));
        rows.add(head);
        for (LadderRun run : result.ladder()) {
            List<String> row = new ArrayList<>(
                    List.of(run.way().label(), Integer.toString(run.nearest().size())));
            for (String name : names) {
                row.add(number(Summary.mean(run.radii().getOrDefault(name, List.of()).stream()
                        .mapToDouble(r -> r)
                        .toArray())));
            }
            row.add(number(Summary.mean(run.nearest().stream()
                    .mapToDouble(d -> d)
                    .filter(d -> d < Double.MAX_VALUE)
                    .toArray())));
            row.add(Integer.toString(run.open()));
            rows.add(row);
        }
        return rows;
    }

    /** What the figures are. */
    List<String> notes() {
        CertificationSettings settings = result.settings();
        CertificationSettings.Training training = settings.training();
        Map<String, Integer> attacked = result.attacks().stream()
                .flatMap(run -> run.attacked().entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Integer::sum, TreeMap::new));
        return List.of(
                "Networks 784-"
                        + training.widths().stream()
                                .map(width -> Integer.toString(width))
                                .collect(Collectors.joining("-"))
                        + "-10 with ReLU; " + training.trainSize() + " training digits, " + training.epochs()
                        + " epochs, batches of " + training.batchSize() + ", Adam " + training.learningRate()
                        + "; lambda " + training.lambdaFrobenius() + " for ||J||_F^2, " + training.lambdaL11()
                        + " for ||J||_1,1; PGD at l_inf " + training.epsilon() + ", " + training.attackSteps()
                        + " steps. Box [0, 1].",
                "Radii by " + settings.bisections() + " halvings from " + settings.largestLinf() + " (l_inf) and "
                        + settings.largestL2()
                        + " (l2); 0 for what is not certified or misclassified. Slow methods have "
                        + settings.few() + " digits of each hundred.",
                "Attacks, with the number of digits each ran on, all networks together: "
                        + attacked.entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    /** All tables by title. */
    Map<String, List<List<String>>> all() {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        tables.put("certified l_inf radii", radii(BallNorm.LINF));
        tables.put("certified l2 radii", radii(BallNorm.L2));
        tables.put("l_inf: accuracy certified to accuracy under attack, by radius", brackets(BallNorm.LINF));
        tables.put("l2: accuracy certified to accuracy under attack, by radius", brackets(BallNorm.L2));
        tables.put("attacks within the certified radii", violations());
        tables.put("mean l_inf radii on small networks, from the loosest to the tightest", ladder());
        return tables;
    }

    static String markdown(List<List<String>> rows) {
        return TextTable.markdown(rows);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    /** Three digits that count. */
    static String number(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return Double.isFinite(value) ? "0" : "";
        }
        int digits = (int) Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
