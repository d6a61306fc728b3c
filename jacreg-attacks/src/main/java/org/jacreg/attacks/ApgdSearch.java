package org.jacreg.attacks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.attacks.ApgdSchedule.Phase;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run of {@link Apgd} on a batch. */
final class ApgdSearch {

    private static final Logger LOG = LoggerFactory.getLogger(Apgd.class);

    /** Points outside the ball by less than this, relative to the radius, are there by rounding. */
    private static final double ROUNDING = 1e-13;

    private static final double SINGLE_ROUNDING = 1e-5;

    private final Apgd.Options options;
    private final Apgd.Loss loss;
    private final String name;
    private final Oracle oracle;
    private final Region region;
    private final int targets;
    private final List<Phase> phases;
    private long done;

    ApgdSearch(Apgd.Options options, String name, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        double rounding = model.dataType() == DataType.DOUBLE ? ROUNDING : SINGLE_ROUNDING;
        Search strongest = Search.strongest(options.threat().norm(), options.targeted());
        double epsilon = options.threat().epsilon();
        this.phases = ApgdSchedule.phases(epsilon, options.iterations(), options.shrinkingRadius());
        Search search = phases.size() == 1 ? strongest : strongest.within(epsilon * (1 + rounding));
        this.options = options;
        this.oracle = Oracle.of(model, x, y, search, listener);
        this.region = Region.of(options.threat(), oracle.batch().points(), model.box());
        this.loss = applicable(options.loss(), oracle.classes());
        int most = targets(options.targets(), oracle.classes());
        this.targets = loss == Apgd.Loss.TARGETED_DLR ? most : 1;
        if (loss == options.loss()) {
            this.name = name;
        } else {
            String reason = options.loss() + " needs " + options.loss().classes() + " classes, the model has "
                    + oracle.classes() + ": " + loss + " in its place";
            LOG.info("{}: {}", name, reason);
            this.name = name + " (" + reason + ")";
        }
    }

    private static Apgd.Loss applicable(Apgd.Loss wanted, int classes) {
        return classes >= wanted.classes() ? wanted : Apgd.Loss.CROSS_ENTROPY;
    }

    private static int targets(int wanted, int classes) {
        if (wanted > classes - 1) {
            throw new IllegalArgumentException("APGD: targets must be at most " + (classes - 1) + " for a model with "
                    + classes + " classes, got " + wanted + "; leave it unset for min(9, classes - 1)");
        }
        return wanted > 0 ? wanted : Math.min(Apgd.MOST_TARGETS, classes - 1);
    }

    AttackResult run() {
        int[][] order = new int[oracle.size()][];
        Arrays.setAll(order, row -> AttackLosses.targets(oracle.cleanLogits(row), oracle.label(row)));
        for (int target = 0; target < targets; target++) {
            int place = target;
            LogitLoss raised = switch (loss) {
                case CROSS_ENTROPY -> AttackLosses.crossEntropy(oracle::label, options.targeted());
                case DLR -> AttackLosses.differenceOfLogitsRatio(oracle::label);
                case TARGETED_DLR -> AttackLosses.targetedRatio(oracle::label, row -> order[row][place]);
            };
            for (int restart = 0; restart < options.restarts(); restart++) {
                int number = target * options.restarts() + restart;
                climb(raised, Seeds.restart(options.seed(), number), (long) number * options.iterations());
            }
        }
        return oracle.result(name, options.seed());
    }

    private int[] wanted() {
        return options.untilBudget() ? oracle.all() : oracle.unbroken();
    }

    /** One run from random starts, through all radii. */
    private void climb(LogitLoss raised, long seed, long before) {
        int[] rows = wanted();
        double[][] starts = new double[oracle.size()][];
        for (int row : rows) {
            starts[row] = ApgdClimb.randomStart(region, row, phases.get(0).radius(), seed);
        }
        done = before;
        for (int k = 0; k < phases.size() && rows.length > 0; k++) {
            List<ApgdClimb> climbs = new ArrayList<>();
            for (int row : rows) {
                double[] start = starts[row];
                region.project(row, start, phases.get(k).radius());
                climbs.add(new ApgdClimb(region, row, phases.get(k).radius(), options.rule(), start, k > 0));
            }
            climb(climbs, raised, phases.get(k).iterations());
            climbs.forEach(climb -> starts[climb.row] = climb.best().clone());
            rows = wanted();
        }
    }

    private void climb(List<ApgdClimb> all, LogitLoss raised, int iterations) {
        List<Integer> checkpoints = region.norm() == Norm.L1
                ? ApgdSchedule.sparseCheckpoints(iterations)
                : ApgdSchedule.checkpoints(iterations);
        evaluate(all, raised, true);
        List<ApgdClimb> climbs = still(all);
        int next = 0;
        int last = 0;
        for (int k = 1; k <= iterations && !climbs.isEmpty(); k++) {
            climbs.forEach(ApgdClimb::move);
            if (k < iterations) {
                evaluate(climbs, raised, false);
            } else {
                finish(climbs, raised);
            }
            if (next < checkpoints.size() && checkpoints.get(next) == k) {
                int window = k - last;
                climbs.forEach(climb -> climb.check(window));
                last = k;
                next++;
            }
            climbs = still(climbs);
            oracle.progress(++done, (long) targets * options.restarts() * options.iterations());
        }
    }

    private List<ApgdClimb> still(List<ApgdClimb> climbs) {
        return options.untilBudget()
                ? climbs
                : climbs.stream()
                        .filter(climb -> !oracle.findings().isBroken(climb.row))
                        .toList();
    }

    private void evaluate(List<ApgdClimb> climbs, LogitLoss raised, boolean start) {
        Gradients answer = oracle.gradients(rows(climbs), points(climbs), raised);
        for (int i = 0; i < climbs.size(); i++) {
            if (start) {
                climbs.get(i).begin(answer.values()[i], answer.inputs()[i]);
            } else {
                climbs.get(i).arrive(answer.values()[i], answer.inputs()[i]);
            }
        }
    }

    /** The last point leads nowhere: no gradient. */
    private void finish(List<ApgdClimb> climbs, LogitLoss raised) {
        double[][] logits = oracle.logits(rows(climbs), points(climbs));
        for (int i = 0; i < climbs.size(); i++) {
            ApgdClimb climb = climbs.get(i);
            double value = raised.at(climb.row, logits[i], new double[oracle.classes()]);
            climb.arrive(value, new double[oracle.entries()]);
        }
    }

    private static int[] rows(List<ApgdClimb> climbs) {
        return climbs.stream().mapToInt(climb -> climb.row).toArray();
    }

    private static double[][] points(List<ApgdClimb> climbs) {
        return climbs.stream().map(ApgdClimb::point).toArray(double[][]::new);
    }
}
