package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
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

    List<Way> ways() {
        return result.radii().stream().map(RadiiRun::way).distinct().sorted().toList();
    }

    private List<Double> epsilons(BallNorm norm) {
        return result.settings().radii(norm).shown();
    }

    /** Mean and median radii, certified accuracies and costs by network and method, in one norm, for the methods that all digits have. */
    List<List<String>> radii(BallNorm norm) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("network", "method", "digits", "mean radius", "median"));
        epsilons(norm).forEach(epsilon -> head.add("certified at " + epsilon));
        rows.add(head);
        for (Way way : ways()) {
            for (RadiusKind kind : RadiusKind.values()) {
                double[] radii = result.radii(way, kind);
                if (kind.norm() == norm && !kind.slow()) {
                    List<String> row = new ArrayList<>(List.of(
                            way.label(),
                            kind.label(),
                            Integer.toString(radii.length),
                            number(Summary.mean(radii)),
                            number(Summary.median(radii))));
                    epsilons(norm).forEach(epsilon -> row.add(percent(Summary.certified(radii, epsilon))));
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    /** Mean radii of all methods on the same digits, and what a digit costs. */
    List<List<String>> sameDigits() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("method", "norm"));
        ways().forEach(way -> head.add(way.label()));
        head.add("CPU s a digit");
        rows.add(head);
        for (RadiusKind kind : RadiusKind.values()) {
            List<String> row = new ArrayList<>(
                    List.of(kind.label(), Distances.norm(kind.norm()).toString()));
            double seconds = 0;
            int digits = 0;
            for (Way way : ways()) {
                row.add(number(Summary.mean(result.fewRadii(way, kind))));
                seconds += seconds(way, kind);
                digits += result.radii(way, kind).length;
            }
            row.add(number(seconds / digits));
            rows.add(row);
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
        List<String> head = new ArrayList<>(List.of(
                "network",
                "digits",
                "clean",
                "mean certified radius",
                "of plain's",
                "median distance of errors found"));
        epsilons(norm).forEach(epsilon -> head.add(epsilon.toString()));
        rows.add(head);
        for (Way way : ways()) {
            double[] nearest = result.nearest(way, norm);
            if (nearest.length > 0) {
                // what is proved of digits that were attacked
                double[] radii = Arrays.copyOf(result.radii(way, tightest(norm)), nearest.length);
                double plain = Summary.mean(Arrays.copyOf(result.radii(Way.PLAIN, tightest(norm)), nearest.length));
                List<String> row = new ArrayList<>(List.of(
                        way.label(),
                        Integer.toString(nearest.length),
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
        }
        return rows;
    }

    /** The tightest of the methods that all digits have. */
    static RadiusKind tightest(BallNorm norm) {
        return switch (norm) {
            case LINF -> RadiusKind.CROWN;
            case L2 -> RadiusKind.PAIRWISE_L2;
            case L1 -> RadiusKind.PAIRWISE_L1;
        };
    }

    /** What was attacked, and what it came to. */
    List<List<String>> violations() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "network", "norm", "digits", "radii held", "attacks", "runs on a digit", "violations", "CPU s"));
        for (Way way : ways()) {
            for (BallNorm norm : CertificationResult.NORMS) {
                List<AttackRun> runs = result.attacks().stream()
                        .filter(run -> run.way() == way && run.norm() == norm)
                        .toList();
                if (!runs.isEmpty()) {
                    rows.add(List.of(
                            way.label(),
                            Distances.norm(norm).toString(),
                            total(runs, run -> run.nearest().size()),
                            total(runs, AttackRun::claims),
                            Integer.toString(runs.get(0).attacked().size()),
                            total(
                                    runs,
                                    run -> run.attacked().values().stream()
                                            .mapToInt(n -> n)
                                            .sum()),
                            total(runs, run -> run.violations().size()),
                            number(runs.stream().mapToDouble(AttackRun::seconds).sum())));
                }
            }
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

    private static String total(List<AttackRun> runs, ToIntFunction<AttackRun> part) {
        return Integer.toString(runs.stream().mapToInt(part).sum());
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
        head.addAll(List.of("nearest error found", "not decided", "nodes", "CPU s"));
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
            row.add(Long.toString(run.nodes()));
            row.add(number(run.seconds().getOrDefault("COMPLETE", 0.0)));
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
                        + " for ||J||_1,1; PGD (" + training.attackSteps() + " steps) and IBP at l_inf "
                        + training.epsilon() + ". Box [0, 1].",
                "Small networks 784-"
                        + result.small().widths().stream()
                                .map(width -> Integer.toString(width))
                                .collect(Collectors.joining("-"))
                        + "-10, trained in the same way but at l_inf "
                        + result.small().epsilon()
                        + "; branch and bound looks at no more than "
                        + result.small().nodes() + " nodes for a radius.",
                "Radii by " + settings.bisections() + " halvings from "
                        + settings.linf().largest() + " (l_inf), "
                        + settings.l2().largest() + " (l2) and "
                        + settings.l1().largest()
                        + " (l1); 0 for what is not certified or misclassified. Slow methods have "
                        + settings.few() + " digits of each fifty.",
                "Attacks, with the number of digits each ran on, all networks together: "
                        + attacked.entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    /** All tables by title. */
    Map<String, List<List<String>>> all() {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        if (!result.radii().isEmpty()) {
            for (BallNorm norm : CertificationResult.NORMS) {
                tables.put("certified radii in " + Distances.norm(norm), radii(norm));
            }
            tables.put(
                    "mean certified radii of all methods, on "
                            + result.settings().few() + " digits of each fifty",
                    sameDigits());
            for (BallNorm norm : CertificationResult.NORMS) {
                tables.put(
                        "accuracy certified to accuracy under attack, by radius in " + Distances.norm(norm),
                        brackets(norm));
            }
        }
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
