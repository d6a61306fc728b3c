package org.jacreg.attacks.evaluation;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tries on a few examples of the first batch what the results alone do not show. Costs little and changes no result.
 *
 * @param plan the evaluation
 * @param search runs attacks
 * @param batch the first batch
 * @param clean the model's answers to it
 */
record Probes(Plan plan, CheckedSearch search, ExampleBatch batch, Predictions clean) {

    /** Examples whose gradients are looked at, and on which attacks are let loose on the whole box. */
    private static final int FEW = 32;

    /** Examples attacked twice by every attack. */
    private static final int TWICE = 4;

    /** How far an attack may go where the box has no end, in widths of the data. */
    private static final double FAR = 10;

    /** Relative difference of losses above which two runs of an attack are not the same. */
    private static final double SAME_LOSS = 1e-3;

    /** Evaluates the batch and a few gradients twice. */
    Evidence.OfModel ofModel() {
        Predictions again = Predictions.of(plan.model().logits(batch.inputs()), batch.labels(), batch.first());
        int[] rows = correct(FEW);
        double[][] gradients = gradients(rows);
        double[][] repeated = gradients(rows);
        int zero = 0;
        int nonFinite = 0;
        double greatest = 0;
        double gap = 0;
        for (int n = 0; n < rows.length; n++) {
            if (Arrays.stream(gradients[n]).allMatch(Double::isFinite)) {
                double size = Arrays.stream(gradients[n]).map(Math::abs).max().orElse(0);
                zero += size == 0 ? 1 : 0;
                greatest = Math.max(greatest, size);
                gap = Math.max(gap, gap(gradients[n], repeated[n]));
            } else {
                nonFinite++;
            }
        }
        double unlike = gap == 0 ? 0 : gap / Math.max(greatest, Double.MIN_NORMAL);
        return new Evidence.OfModel(logitsDifference(again), unlike, rows.length, zero, nonFinite);
    }

    private double logitsDifference(Predictions again) {
        double difference = 0;
        for (int n = 0; n < batch.size(); n++) {
            difference = Math.max(difference, gap(clean.logits(n), again.logits(n)) / (1 + clean.size(n)));
        }
        return difference;
    }

    /** The greatest difference; infinite if one is NaN, which would compare as nothing. */
    private static double gap(double[] one, double[] other) {
        double greatest = 0;
        for (int k = 0; k < one.length; k++) {
            double gap = Math.abs(one[k] - other[k]);
            greatest = Math.max(greatest, Double.isNaN(gap) ? Double.POSITIVE_INFINITY : gap);
        }
        return greatest;
    }

    /** The first rows that are classified correctly, which are those that attacks will start from. */
    private int[] correct(int atMost) {
        return IntStream.range(0, batch.size())
                .filter(clean::correct)
                .limit(atMost)
                .toArray();
    }

    private double[][] gradients(int[] rows) {
        if (rows.length == 0) {
            return new double[0][];
        }
        INDArray gradient = plan.model()
                .crossEntropyGradient(batch.inputs(rows).dup(), batch.labels(rows))
                .gradient();
        double[] values = gradient.dup('c').data().asDouble();
        int entries = values.length / rows.length;
        return IntStream.range(0, rows.length)
                .mapToObj(n -> Arrays.copyOfRange(values, n * entries, (n + 1) * entries))
                .toArray(double[][]::new);
    }

    /** Runs every attack twice on a few examples, and all of them on the whole box. */
    Evidence.OfAttacks ofAttacks() {
        int[] few = correct(TWICE);
        int unlike = 0;
        for (Contender contender : plan.contenders()) {
            double epsilon = contender.minimumNorm()
                    ? Double.POSITIVE_INFINITY
                    : plan.epsilons().get(0);
            List<Finding> once = search.search(contender.at(0), epsilon, batch, few);
            List<Finding> twice = search.search(contender.at(0), epsilon, batch, few);
            unlike += (int) IntStream.range(0, once.size())
                    .filter(k -> !same(once.get(k), twice.get(k)))
                    .count();
        }
        int repeated = few.length * plan.contenders().size();
        Set<Attack> unbounded = unbounded();
        if (unbounded.isEmpty()) {
            return new Evidence.OfAttacks(repeated, unlike, 0, 0);
        }
        int[] tried = correct(FEW);
        return new Evidence.OfAttacks(repeated, unlike, tried.length, standing(unbounded, tried));
    }

    private int standing(Set<Attack> attacks, int[] tried) {
        int[] standing = tried;
        for (Attack attack : attacks) {
            int[] rows = standing;
            List<Finding> findings = search.search(attack, wholeBox(), batch, rows);
            standing = IntStream.range(0, rows.length)
                    .filter(k -> !findings.get(k).success())
                    .map(k -> rows[k])
                    .toArray();
        }
        return standing.length;
    }

    private static boolean same(Finding one, Finding other) {
        if (one.notFinite() || other.notFinite()) {
            return one.notFinite() == other.notFinite();
        }
        return one.success() == other.success()
                && Math.abs(one.loss() - other.loss()) <= SAME_LOSS * (1 + Math.abs(one.loss()));
    }

    /** The attacks with a radius that reaches the whole box. */
    private Set<Attack> unbounded() {
        Set<Attack> attacks = new LinkedHashSet<>();
        plan.contenders().forEach(contender -> unbounded(contender).ifPresent(attacks::add));
        return attacks;
    }

    /** Empty if the attack has no radius, if its maker ignores it, or if an option does not go with one so large. */
    private Optional<Attack> unbounded(Contender contender) {
        if (contender.minimumNorm()) {
            return Optional.empty();
        }
        try {
            Attack attack = contender.attackAt().apply(wholeBox());
            boolean ignored = contender.settings().configurations().contains(attack.toString());
            return ignored ? Optional.empty() : Optional.of(attack);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A radius that reaches the whole box from everywhere; where it has no end, several widths of the data. */
    private double wholeBox() {
        InputBox box = plan.model().box();
        double[] values = batch.inputs().data().asDouble();
        double width = box.upper() - box.lower();
        if (Double.isInfinite(width)) {
            double extent = Arrays.stream(values).max().orElse(0)
                    - Arrays.stream(values).min().orElse(0);
            width = FAR * Math.max(extent, plan.epsilons().get(plan.epsilons().size() - 1));
        }
        double entries = values.length / (double) batch.size();
        return switch (Objects.requireNonNullElse(search.norm(), Norm.LINF)) {
            case LINF -> width;
            case L2 -> width * Math.sqrt(entries);
            case L1 -> width * entries;
        };
    }
}
