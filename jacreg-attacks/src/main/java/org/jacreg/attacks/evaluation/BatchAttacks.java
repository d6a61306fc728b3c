package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** All attacks at all epsilons on one batch, each on the examples that are still to be broken. */
final class BatchAttacks {

    private final Plan plan;
    private final CheckedSearch search;
    private final ExampleBatch batch;
    private final Predictions clean;
    private final List<List<ExampleResult.Trial>> trials = new ArrayList<>();

    /** For every attack, and last for all of them together: the smallest epsilon at which an example broke. */
    private final double[][] brokenAt;

    private final long[][] nanos;

    BatchAttacks(Plan plan, CheckedSearch search, ExampleBatch batch, Predictions clean) {
        this.plan = plan;
        this.search = search;
        this.batch = batch;
        this.clean = clean;
        this.brokenAt = new double[plan.contenders().size() + 1][batch.size()];
        this.nanos = new long[plan.contenders().size()][plan.epsilons().size()];
        for (int n = 0; n < batch.size(); n++) {
            trials.add(new ArrayList<>());
            boolean correct = clean.correct(n);
            for (double[] broken : brokenAt) {
                broken[n] = correct ? Double.POSITIVE_INFINITY : 0;
            }
        }
    }

    /**
     * Runs the attacks.
     *
     * @param afterEpsilon hears the place of every epsilon that is done
     * @return one for every example
     */
    List<ExampleResult> run(IntConsumer afterEpsilon) {
        for (int e = 0; e < plan.epsilons().size(); e++) {
            for (int a = 0; a < plan.contenders().size(); a++) {
                if (e == 0 || !plan.contenders().get(a).minimumNorm()) {
                    long start = System.nanoTime();
                    attack(a, e);
                    nanos[a][e] += System.nanoTime() - start;
                }
            }
            afterEpsilon.accept(e);
        }
        return IntStream.range(0, batch.size())
                .mapToObj(n -> new ExampleResult(batch.label(n), clean.prediction(n), clean.loss(n), trials.get(n)))
                .toList();
    }

    /** Time spent, by attack and epsilon. */
    long[][] nanos() {
        return nanos;
    }

    private void attack(int a, int e) {
        Contender contender = plan.contenders().get(a);
        double epsilon = plan.epsilons().get(e);
        double[] broken = plan.settings().everyAttackOnEveryExample() ? brokenAt[a] : brokenAt[brokenAt.length - 1];
        int[] rows = IntStream.range(0, batch.size())
                .filter(n -> broken[n] > epsilon)
                .toArray();
        double searched = contender.minimumNorm() ? Double.POSITIVE_INFINITY : epsilon;
        List<Finding> findings = search.search(contender.at(e), searched, batch, rows);
        for (int k = 0; k < rows.length; k++) {
            ExampleResult.Trial trial = trial(contender.name(), searched, findings.get(k));
            trials.get(rows[k]).add(trial);
            for (double[] record : Arrays.asList(brokenAt[a], brokenAt[brokenAt.length - 1])) {
                record[rows[k]] = Math.min(record[rows[k]], trial.breaksAt());
            }
        }
    }

    private ExampleResult.Trial trial(String attack, double searched, Finding found) {
        ExampleResult.Trial trial = new ExampleResult.Trial(
                attack,
                searched,
                found.success(),
                Double.POSITIVE_INFINITY,
                found.linf(),
                found.l2(),
                found.l1(),
                found.loss(),
                found.gradients(),
                found.forwards(),
                found.zeroGradients(),
                found.notFinite());
        return found.success() ? trial.breakingAt(breaksAt(trial)) : trial;
    }

    /** The point was checked to lie in its own ball up to rounding; in a smaller one it must lie without that grace. */
    private double breaksAt(ExampleResult.Trial trial) {
        double distance = trial.distance(java.util.Objects.requireNonNull(search.norm()));
        return Math.min(trial.epsilon(), plan.smallestEpsilonAround(distance));
    }
}
