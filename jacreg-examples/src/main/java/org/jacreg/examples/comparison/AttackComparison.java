package org.jacreg.examples.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.CarliniWagner;
import org.jacreg.attacks.Ddn;
import org.jacreg.attacks.DeepFool;
import org.jacreg.attacks.ElasticNet;
import org.jacreg.attacks.Fab;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.evaluation.AttackAccuracy;
import org.jacreg.attacks.evaluation.AttackCost;
import org.jacreg.attacks.evaluation.EvaluationReport;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.experiment.ExperimentListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Attacks one network with many attacks: which of them finds more, and which finds nearer errors. */
public final class AttackComparison {

    private static final int CHUNK = 250;

    private final Classifier model;
    private final Effort effort;
    private final long seed;
    private final ExperimentListener listener;

    /**
     * Makes the comparison; nothing is computed yet.
     *
     * @param model the network; not modified
     * @param effort how hard the attacks try
     * @param seed of every attack
     * @param listener hears of progress
     */
    public AttackComparison(Classifier model, Effort effort, long seed, ExperimentListener listener) {
        this.model = model;
        this.effort = effort;
        this.seed = seed;
        this.listener = listener;
    }

    /**
     * How hard the attacks try.
     *
     * @param epsilons the l_inf radii, increasing
     * @param iterations of APGD and FAB
     * @param queries of Square
     * @param pgdSteps of PGD
     * @param restarts of PGD, and the most of APGD
     * @param steps of the minimum-norm attacks but FAB and DeepFool, for C&amp;W and EAD in each of nine searches
     */
    public record Effort(List<Double> epsilons, int iterations, int queries, int pgdSteps, int restarts, int steps) {

        /**
         * Checks and copies.
         *
         * @throws IllegalArgumentException if a value is out of range; the message names it
         */
        public Effort {
            epsilons = List.copyOf(epsilons);
            Need.that(iterations >= 1, "iterations: at least 1", iterations);
            Need.that(queries >= 1, "queries: at least 1", queries);
            Need.that(pgdSteps >= 1, "pgd-steps: at least 1", pgdSteps);
            Need.that(restarts >= 1, "restarts: at least 1", restarts);
            Need.that(steps >= 1, "steps: at least 1", steps);
        }
    }

    /**
     * Accuracy under AutoAttack, under each of its parts alone, and under PGD and APGD with restarts.
     *
     * @param x {@code [N, 784]}; not modified
     * @param y {@code [N, C]}, one-hot; not modified
     * @return rows of a table, the head first
     */
    public List<List<String>> bounded(INDArray x, INDArray y) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("attack"));
        effort.epsilons().forEach(epsilon -> head.add("accuracy at " + epsilon));
        head.addAll(List.of("gradients a digit", "other evaluations a digit"));
        rows.add(head);
        RobustEvaluation parts = RobustEvaluation.of(model)
                .ensemble(eps -> AutoAttack.linf(eps)
                        .iterations(effort.iterations())
                        .queries(effort.queries())
                        .seed(seed)
                        .build());
        EvaluationReport autoAttack = report("AutoAttack's parts", parts, x, y);
        addParts(rows, autoAttack);
        rows.add(worst("AutoAttack: worst of these", autoAttack));
        RobustEvaluation restarted = RobustEvaluation.of(model)
                .attack(
                        "PGD-" + effort.pgdSteps() + " x " + effort.restarts(),
                        eps -> Pgd.linf(eps)
                                .steps(effort.pgdSteps())
                                .restarts(effort.restarts())
                                .seed(seed)
                                .build());
        for (int restarts : restartCounts()) {
            restarted.attack(
                    "APGD-CE x " + restarts,
                    eps -> Apgd.linf(eps)
                            .iterations(effort.iterations())
                            .restarts(restarts)
                            .seed(seed)
                            .build());
        }
        addParts(rows, report("PGD and APGD", restarted, x, y));
        return rows;
    }

    /** Restarts of APGD: 1, half of PGD's gradients, as many as those, and as many restarts. */
    private List<Integer> restartCounts() {
        int equal = Math.max(1, Math.round((float) effort.pgdSteps() * effort.restarts() / effort.iterations()));
        return List.of(1, Math.max(1, equal / 2), equal, effort.restarts()).stream()
                .distinct()
                .sorted()
                .toList();
    }

    private EvaluationReport report(String stage, RobustEvaluation evaluation, INDArray x, INDArray y) {
        listener.stage(stage, x.size(0) * effort.epsilons().size());
        EvaluationReport report = evaluation
                .everyAttackOnEveryExample()
                .withoutProbes()
                .epsilons(effort.epsilons().stream().mapToDouble(e -> e).toArray())
                .batchSize(CHUNK)
                .listener((done, total) -> listener.progress(done))
                .report(x, y);
        listener.done("accuracy under the worst of them "
                + effort.epsilons().stream().map(report::robustAccuracy).toList());
        return report;
    }

    private void addParts(List<List<String>> rows, EvaluationReport report) {
        Map<String, List<String>> byAttack = new LinkedHashMap<>();
        for (AttackAccuracy alone : report.byAttack()) {
            byAttack.computeIfAbsent(alone.attack(), name -> new ArrayList<>(List.of(name)))
                    .add(percent(alone.accuracy().orElseThrow()));
        }
        byAttack.forEach((attack, row) -> {
            List<AttackCost> costs = report.costs().stream()
                    .filter(cost -> cost.attack().equals(attack))
                    .toList();
            double digits = report.examples().size();
            row.add(whole(costs.stream().mapToLong(AttackCost::gradients).sum() / digits));
            row.add(whole(costs.stream().mapToLong(AttackCost::forwards).sum() / digits));
            rows.add(row);
        });
    }

    private List<String> worst(String name, EvaluationReport report) {
        List<String> row = new ArrayList<>(List.of(name));
        effort.epsilons().forEach(epsilon -> row.add(percent(report.robustAccuracy(epsilon))));
        row.addAll(List.of("", ""));
        return row;
    }

    /**
     * Distances to the nearest errors that minimum-norm attacks find, over the digits that are classified correctly.
     *
     * @param x {@code [N, 784]}; not modified
     * @param y {@code [N, C]}, one-hot; not modified
     * @return rows of a table, the head first
     * @throws IllegalArgumentException if no digit is classified correctly
     */
    public List<List<String>> distances(INDArray x, INDArray y) {
        int[] right = correct(x, y);
        Need.that(right.length > 0, "digits classified correctly: at least 1", right.length);
        INDArray inputs = x.get(NDArrayIndex.indices(longs(right)), NDArrayIndex.all());
        INDArray labels = y.get(NDArrayIndex.indices(longs(right)), NDArrayIndex.all());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "norm",
                "attack",
                "digits",
                "not broken",
                "median distance",
                "mean distance over the least found, digit by digit",
                "gradients a digit"));
        for (Norm norm : List.of(Norm.L2, Norm.LINF, Norm.L1)) {
            Map<String, List<AttackOutcome>> found = new LinkedHashMap<>();
            attacks(norm).forEach((name, attack) -> found.put(name, run(name, attack, inputs, labels)));
            double[] least = new double[right.length];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            found.values().forEach(outcomes -> {
                double[] distances = reached(outcomes, norm);
                Arrays.setAll(least, n -> Math.min(least[n], distances[n]));
            });
            found.forEach((name, outcomes) -> rows.add(row(norm, name, outcomes, least)));
        }
        return rows;
    }

    private Map<String, MinimumNormAttack> attacks(Norm norm) {
        Map<String, MinimumNormAttack> attacks = new LinkedHashMap<>();
        int steps = effort.steps();
        switch (norm) {
            case L2 -> {
                attacks.put("DeepFool", DeepFool.l2().build());
                attacks.put("C&W", CarliniWagner.l2().steps(steps).build());
                attacks.put("DDN", Ddn.l2().steps(steps).build());
            }
            case LINF -> attacks.put("DeepFool", DeepFool.linf().build());
            case L1 -> attacks.put("EAD", ElasticNet.l1().steps(steps).build());
        }
        attacks.put("FMN", Fmn.in(norm).steps(steps).build());
        attacks.put("FAB", Fab.in(norm).steps(effort.iterations()).seed(seed).build());
        return attacks;
    }

    private List<AttackOutcome> run(String name, MinimumNormAttack attack, INDArray x, INDArray y) {
        listener.stage(name + ", " + attack.norm(), x.size(0));
        AttackResult result = attack.attack(model, x, y, (done, total) -> listener.progress(done));
        listener.done(
                String.format(Locale.ROOT, "median distance %.4f", median(reached(result.outcomes(), attack.norm()))));
        return result.outcomes();
    }

    private static List<String> row(Norm norm, String name, List<AttackOutcome> outcomes, double[] least) {
        double[] distances = reached(outcomes, norm);
        double ratio = 0;
        int broken = 0;
        for (int n = 0; n < distances.length; n++) {
            if (distances[n] < Double.POSITIVE_INFINITY) {
                ratio += distances[n] / least[n];
                broken++;
            }
        }
        return List.of(
                norm.toString().toLowerCase(Locale.ROOT),
                name,
                Integer.toString(distances.length),
                Integer.toString(distances.length - broken),
                String.format(Locale.ROOT, "%.4f", median(distances)),
                String.format(Locale.ROOT, "%.3f", ratio / broken),
                whole(outcomes.stream()
                        .mapToInt(AttackOutcome::gradients)
                        .average()
                        .orElseThrow()));
    }

    /** Distances of successes; infinite where there was none. */
    private static double[] reached(List<AttackOutcome> outcomes, Norm norm) {
        return outcomes.stream()
                .mapToDouble(outcome -> outcome.success() ? outcome.distance(norm) : Double.POSITIVE_INFINITY)
                .toArray();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private int[] correct(INDArray x, INDArray y) {
        int[] labels = y.argMax(1).toIntVector();
        int[] predicted = model.logits(x).argMax(1).toIntVector();
        return IntStream.range(0, labels.length)
                .filter(n -> labels[n] == predicted[n])
                .toArray();
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
