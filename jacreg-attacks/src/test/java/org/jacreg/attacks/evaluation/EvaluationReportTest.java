package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.evaluation.ExampleResult.Trial;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.report.ConfidenceInterval;
import org.junit.jupiter.api.Test;

/** The figures of a report against the closed forms of a linear model. */
class EvaluationReportTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** The steps of the oracle: the smallest of some epsilons that reaches the boundary. */
    private static double brokenAt(double distance, double... epsilons) {
        if (distance < 0) {
            return 0;
        }
        for (double epsilon : epsilons) {
            if (distance < epsilon) {
                return epsilon;
            }
        }
        return INFINITY;
    }

    @Test
    void everyTrialOfABoundedAttackHasItsClosedForm() {
        EvaluationReport report =
                LineUp.pgd(LineUp.LINEAR).epsilons(.1, .3).batchSize(15).report(LineUp.inputs(), LineUp.labels());
        assertThat(report.norm()).isEqualTo(Norm.LINF);
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            ExampleResult example = report.examples().get(n);
            double distance = LineUp.distance(n);
            assertThat(example.cleanCorrect()).isEqualTo(distance >= 0);
            assertThat(example.cleanLoss()).isCloseTo(Math.log1p(Math.exp(-2 * distance)), within(1e-12));
            assertThat(example.brokenAt()).isEqualTo(brokenAt(distance, .1, .3));
            boolean broken = distance >= 0 && distance < .3;
            assertThat(example.brokenBy().isPresent()).isEqualTo(broken);
            assertThat(example.trials()).hasSize(distance < 0 ? 0 : distance < .1 ? 1 : 2);
            for (Trial trial : example.trials()) {
                double epsilon = trial.epsilon();
                // the greatest loss of the ball is at its corner, which ascent by signs reaches to rounding
                assertThat(trial.linf()).isCloseTo(epsilon, within(1e-12));
                assertThat(trial.l2()).isCloseTo(Math.sqrt(2) * epsilon, within(1e-12));
                assertThat(trial.l1()).isCloseTo(2 * epsilon, within(1e-12));
                assertThat(trial.loss()).isCloseTo(Math.log1p(Math.exp(2 * (epsilon - distance))), within(1e-12));
                assertThat(trial.success()).isEqualTo(distance < epsilon);
                assertThat(trial.breaksAt()).isEqualTo(distance < epsilon ? epsilon : INFINITY);
                assertThat(trial.attack()).isEqualTo("Pgd");
                assertThat(trial.gradients()).isEqualTo(10);
                assertThat(trial.forwards()).isPositive();
                assertThat(trial.zeroGradients()).isZero();
            }
        }
        assertThat(report.flags()).isEmpty();
    }

    @Test
    void aMinimumNormAttackServesAllEpsilonsInOneRun() {
        AtomicInteger runs = new AtomicInteger();
        FakeAttack closest = new FakeAttack("Closest[]", 3, 0, x -> {
            runs.incrementAndGet();
            return FakeAttack.overTheBoundary(x);
        });
        double[] epsilons = {.05, .1, .2, .3, .5};
        EvaluationReport report = RobustEvaluation.of(LineUp.LINEAR)
                .attack(closest.minimumNorm())
                .epsilons(epsilons)
                .withoutProbes()
                .report(LineUp.inputs(), LineUp.labels());
        int correct = 0;
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            ExampleResult example = report.examples().get(n);
            double distance = LineUp.distance(n);
            assertThat(example.brokenAt()).isEqualTo(brokenAt(distance, epsilons));
            if (distance >= 0) {
                correct++;
                Trial trial = example.trials().get(0);
                assertThat(example.trials()).hasSize(1);
                assertThat(trial.epsilon()).isEqualTo(INFINITY);
                assertThat(trial.success()).isTrue();
                assertThat(trial.linf()).isCloseTo(distance, within(1e-8));
                assertThat(trial.distance(Norm.L1)).isCloseTo(2 * distance, within(1e-8));
                assertThat(trial.distance(Norm.L2)).isCloseTo(Math.sqrt(2) * distance, within(1e-8));
            }
        }
        assertThat(runs).hasValue(correct);
        assertThat(report.costs()).hasSize(1);
        assertThat(report.costs().get(0).gradients()).isEqualTo(3L * correct);
        assertThat(report.gradients()).isEqualTo(3L * correct);
        assertThat(report.forwards()).isEqualTo(correct);
        assertThat(report.curve().points().get(1).gradients()).isEqualTo(3L * correct);
        assertThat(report.curve().points().get(2).gradients()).isZero();
        assertThat(report.byAttack()).allSatisfy(row -> {
            assertThat(row.accuracy()).hasValue(report.robustAccuracy(row.epsilon()));
            assertThat(row.configuration()).isEqualTo("Closest[]");
        });
    }

    /** Rounding that another batch size may bring denies points on the boundary; a thousandth farther out it cannot. */
    @Test
    void aClosestErrorThatRoundingDeniesIsPushedOver() {
        int[] calls = {0};
        FakeModel rounding = FakeModel.withLogits(LineUp.LINEAR, z -> {
            // the attack asks in the calls before the fourth, the evaluation from then on
            if (++calls[0] >= 4) {
                z.getColumn(0).addi(1e-8);
            }
            return z;
        });
        EvaluationReport report = RobustEvaluation.of(rounding)
                .attack(new FakeAttack("Closest[]", 3, 0, FakeAttack::overTheBoundary).minimumNorm())
                .epsilons(10)
                .withoutProbes()
                .report(LineUp.inputs(), LineUp.labels());
        assertThat(calls).containsExactly(5);
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            double distance = LineUp.distance(n);
            for (Trial trial : report.examples().get(n).trials()) {
                assertThat(trial.success()).isTrue();
                assertThat(trial.linf()).isCloseTo(1.001 * distance, within(1e-8));
            }
        }
        assertThat(report.robustAccuracy(10)).isZero();
    }

    /** An attack that stands still in small balls, and in large ones goes no farther than it must. */
    @Test
    void aPointFoundInALargeBallCountsInEverySmallerOneThatHoldsIt() {
        EvaluationReport report = RobustEvaluation.of(LineUp.LINEAR)
                .attack(epsilon -> new FakeAttack(
                        "Lazy[epsilon=" + epsilon + "]", 0, 0, x -> epsilon < 5 ? x : FakeAttack.overTheBoundary(x)))
                .epsilons(.1, .2, 5)
                .withoutProbes()
                .report(LineUp.inputs(), LineUp.labels());
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            assertThat(report.examples().get(n).brokenAt()).isEqualTo(brokenAt(LineUp.distance(n), .1, .2, 5));
        }
    }

    @Test
    void accuracyOfALaterAttackAloneIsBoundedByWhatItSaw() {
        EvaluationReport report = RobustEvaluation.of(LineUp.LINEAR)
                .attack("short", epsilon -> FakeAttack.diagonal("Short").apply(.6 * epsilon))
                .attack("full", FakeAttack.diagonal("Full"))
                .epsilons(.2, .4)
                .report(LineUp.inputs(), LineUp.labels());
        AttackAccuracy shorter = report.byAttack().get(0);
        AttackAccuracy full = report.byAttack().get(2);
        assertThat(shorter.accuracy()).hasValue(share(.12));
        assertThat(shorter.attack()).isEqualTo("short");
        assertThat(full.accuracy()).isEmpty();
        assertThat(full.lower()).isEqualTo(share(.2)).isEqualTo(report.robustAccuracy(.2));
        assertThat(full.upper()).isEqualTo(share(.2) + share(0) - share(.12), within(1e-12));
        ConfidenceInterval least = ConfidenceInterval.clopperPearson(full.robust(), LineUp.SAMPLES, .95);
        ConfidenceInterval most =
                ConfidenceInterval.clopperPearson(full.robust() + full.unknown(), LineUp.SAMPLES, .95);
        assertThat(full.interval()).isEqualTo(new ConfidenceInterval(least.lower(), most.upper(), .95));
        assertThat(report.brokenFirstBy("short")).isPositive();
        assertThat(report.brokenFirstBy("full")).isPositive();
        assertThat(report.brokenFirstBy("short") + report.brokenFirstBy("full"))
                .isEqualTo(Math.round(LineUp.SAMPLES * (share(0) - share(.4))));
    }

    @Test
    void everyAttackOnEveryExampleGivesTheAccuracyOfEachAlone() {
        EvaluationReport report = RobustEvaluation.of(LineUp.LINEAR)
                .attack("short", epsilon -> FakeAttack.diagonal("Short").apply(.6 * epsilon))
                .attack("full", FakeAttack.diagonal("Full"))
                .epsilons(.2, .4)
                .everyAttackOnEveryExample()
                .report(LineUp.inputs(), LineUp.labels());
        double[] reach = {.12, .24, .2, .4};
        for (int row = 0; row < reach.length; row++) {
            assertThat(report.byAttack().get(row).accuracy()).hasValue(share(reach[row]));
        }
        assertThat(report.robustAccuracy(.2)).isEqualTo(share(.2));
        // an attack spares what it has broken itself, not what the other has
        assertThat(report.costs())
                .extracting(AttackCost::examples)
                .containsExactly(count(0), count(0), count(.12), count(.2));
        assertThat(report.examples())
                .filteredOn(e -> e.brokenAt() == .2)
                .allSatisfy(example -> assertThat(example.brokenBy())
                        .hasValueSatisfying(name -> assertThat(name)
                                .isEqualTo(example.trials().get(0).success() ? "short" : "full")));
    }

    private static long count(double reach) {
        long count = 0;
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            count += LineUp.distance(n) >= reach ? 1 : 0;
        }
        return count;
    }

    private static double share(double reach) {
        return count(reach) / (double) LineUp.SAMPLES;
    }

    @Test
    void namesComeFromConfigurationsOrTheCaller() {
        MinimumNormAttack closest = new FakeAttack("Closest[]", 1, 0, FakeAttack::overTheBoundary).minimumNorm();
        EvaluationReport report = LineUp.pgd(LineUp.LINEAR)
                .attack(LineUp::pgd)
                .attack("mine", LineUp::pgd)
                .attack("mine too", closest)
                .attack(closest)
                .attack(epsilon ->
                        (model, x, y, listener) -> LineUp.pgd(epsilon).attack(model, x, y, listener))
                .epsilons(.1)
                .report(LineUp.inputs(), LineUp.labels());
        assertThat(report.settings().attacks())
                .extracting(EvaluationSettings.AttackSettings::name)
                .containsExactly("Pgd", "Pgd 2", "mine", "mine too", "Closest", "attack");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> LineUp.pgd(LineUp.LINEAR).attack("a", LineUp::pgd).attack("a", closest))
                .withMessageContaining("no other attack has, got 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineUp.pgd(LineUp.LINEAR).attack(" ", LineUp::pgd));
    }

    @Test
    void theTextIsATableWithoutTheExamples() {
        EvaluationReport report = LineUp.pgd(LineUp.LINEAR)
                .attack("full", FakeAttack.diagonal("Full"))
                .epsilons(.1, .3)
                .report(LineUp.inputs(), LineUp.labels());
        List<String> lines = new ArrayList<>(report.toString().lines().toList());
        assertThat(lines.get(0)).contains("40 examples under the worst of 2 attacks, linf");
        assertThat(lines.get(1)).containsSubsequence("epsilon", "accuracy", "interval", "Pgd", "full");
        assertThat(lines.get(3))
                .startsWith("0.1 ")
                .contains(String.format(java.util.Locale.ROOT, " %.4f ", report.robustAccuracy(.1)));
        assertThat(lines).hasSize(6).last().isEqualTo("no failure flag");
    }

    /** All examples wrong: no attack runs, and nothing is known of their norm. */
    @Test
    void anEvaluationWithoutACorrectExample() {
        EvaluationReport report =
                LineUp.pgd(LineUp.LINEAR).epsilons(.1).report(LineUp.inputs().addi(5), LineUp.labels());
        assertThat(report.norm()).isNull();
        assertThat(report.accuracy()).isZero();
        assertThat(report.robustAccuracy(.1)).isZero();
        assertThat(report.flags()).isEmpty();
        assertThat(report.toString()).contains("worst of 1 attack;");
    }
}
