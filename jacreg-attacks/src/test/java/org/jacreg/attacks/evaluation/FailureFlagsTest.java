package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.evaluation.FailureFlag.Kind;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** One fault is planted at a time; the flag that is named after it must go up, and without a fault none. */
class FailureFlagsTest {

    private static EvaluationReport report(RobustEvaluation evaluation) {
        return evaluation.epsilons(.1, .2, .4).batchSize(25).report(LineUp.inputs(), LineUp.labels());
    }

    private static List<Kind> kinds(EvaluationReport report) {
        return report.flags().stream().map(FailureFlag::kind).toList();
    }

    private static FailureFlag flag(EvaluationReport report, Kind kind) {
        assertThat(kinds(report)).contains(kind);
        FailureFlag flag = report.flags().stream()
                .filter(f -> f.kind() == kind)
                .findFirst()
                .orElseThrow();
        assertThat(flag.message()).hasSizeGreaterThan(80);
        assertThat(flag.share()).isBetween(0.0, 1.0);
        assertThat(flag.numbers()).isNotEmpty();
        return flag;
    }

    @Test
    void anHonestEvaluationRaisesNone() {
        EvaluationReport linear = report(LineUp.pgd(LineUp.LINEAR).attack(FakeAttack.diagonal("Diagonal")));
        assertThat(linear.flags()).isEmpty();
        ClosedFormNet net = ClosedFormNet.random(4, 6, 8, 3, 2, Activation.TANH, DataType.FLOAT, new InputBox(0, 1));
        INDArray x = Nd4j.createFromArray(new Random(2).doubles(240).toArray()).reshape('c', 40, 6);
        INDArray y = net.logits(x).argMax(1);
        for (DoubleFunction<Attack> attackAt : List.<DoubleFunction<Attack>>of(
                epsilon -> Pgd.linf(epsilon).seed(1).build(),
                epsilon -> Pgd.l2(epsilon).seed(1).build())) {
            EvaluationReport report = RobustEvaluation.of(net)
                    .attack(attackAt)
                    .epsilons(.01, .05, .2)
                    .report(x, y);
            assertThat(report.flags()).isEmpty();
        }
    }

    @Test
    void randomisedModel() {
        Random noise = new Random(3);
        Classifier model = FakeModel.withLogits(
                LineUp.LINEAR,
                z -> z.add(
                        Nd4j.createFromArray(noise.doubles(z.length(), -.2, .2).toArray())
                                .reshape('c', z.shape())));
        FailureFlag flag = flag(report(LineUp.pgd(model)), Kind.RANDOMISED_MODEL);
        assertThat(flag.share()).isEqualTo(1);
        assertThat(flag.numbers().get("logitsDifference")).isBetween(.01, .4);
    }

    @Test
    void randomisedGradients() {
        Random noise = new Random(3);
        Classifier model = FakeModel.withGradients(LineUp.LINEAR, (x, g) -> g.mul(1 + noise.nextDouble()));
        EvaluationReport report = report(LineUp.pgd(model));
        assertThat(flag(report, Kind.RANDOMISED_MODEL).numbers().get("logitsDifference"))
                .isZero();
    }

    @Test
    void randomisedAttack() {
        Random noise = new Random(3);
        DoubleFunction<Attack> unseeded = epsilon -> new FakeAttack(
                "Noise[epsilon=" + epsilon + "]",
                0,
                0,
                x -> FakeAttack.shift(epsilon * noise.nextDouble()).of(x));
        EvaluationReport report = report(RobustEvaluation.of(LineUp.LINEAR).attack(unseeded));
        assertThat(flag(report, Kind.RANDOMISED_ATTACK).share()).isGreaterThan(.5);
        assertThat(kinds(report)).doesNotContain(Kind.RANDOMISED_MODEL);
    }

    @Test
    void probabilitiesAsLogits() {
        Classifier model = FakeModel.withLogits(LineUp.LINEAR, z -> Transforms.softmax(z, true));
        FailureFlag flag = flag(report(LineUp.pgd(model)), Kind.PROBABILITIES_AS_LOGITS);
        assertThat(flag.numbers()).containsEntry("rows", (double) LineUp.SAMPLES);
        // one row that cannot be probabilities is enough
        Classifier almost = FakeModel.withLogits(model, z -> z.putScalar(0, 0, z.getDouble(0, 0) + .01));
        assertThat(kinds(report(LineUp.pgd(almost)))).doesNotContain(Kind.PROBABILITIES_AS_LOGITS);
    }

    @Test
    void maskedGradients() {
        Classifier model = FakeModel.withGradients(LineUp.LINEAR, (x, g) -> g.mul(0));
        EvaluationReport report = report(LineUp.pgd(model));
        FailureFlag flag = flag(report, Kind.ZERO_GRADIENTS);
        assertThat(flag.share()).isEqualTo(1);
        assertThat(flag.numbers())
                .containsEntry("atInput", (double) report.examples().stream()
                        .limit(25)
                        .filter(ExampleResult::cleanCorrect)
                        .count())
                .containsEntry("examples", flag.numbers().get("followed"));
        assertThat(flag(report, Kind.UNBOUNDED_ATTACK_FAILS).share()).isGreaterThan(.05);
    }

    /** Logits so large that the other class has probability exactly 0. */
    @Test
    void saturatedLoss() {
        ClosedFormNet loud =
                ClosedFormNet.linear(new double[][] {{0, 1e6}, {0, 1e6}}, new double[2], InputBox.unbounded());
        EvaluationReport report = report(LineUp.pgd(loud).attack("diagonal", FakeAttack.diagonal("Diagonal")));
        assertThat(flag(report, Kind.ZERO_GRADIENTS).share()).isGreaterThan(.5);
        FailureFlag beaten = flag(report, Kind.BLACK_BOX_BEATS_WHITE_BOX);
        assertThat(beaten.message()).contains("without gradients (diagonal)").contains("with gradients (Pgd)");
        for (double epsilon : List.of(.1, .2, .4)) {
            long count = report.examples().stream()
                    .filter(e -> e.brokenBy().filter("diagonal"::equals).isPresent() && e.brokenAt() == epsilon)
                    .count();
            assertThat(beaten.numbers()).containsEntry("epsilon " + epsilon, (double) count);
        }
        assertThat(beaten.share()).isCloseTo(report.brokenFirstBy("diagonal") / (double) LineUp.SAMPLES, within(1e-12));
    }

    /** The same attacks in the other order: gradients were never asked, so nothing is said against them. */
    @Test
    void aBlackBoxThatComesFirstBeatsNobody() {
        EvaluationReport report = report(RobustEvaluation.of(LineUp.LINEAR)
                .attack(FakeAttack.diagonal("Diagonal"))
                .attack(LineUp::pgd));
        assertThat(report.flags()).isEmpty();
        assertThat(report.brokenFirstBy("Diagonal")).isPositive();
        assertThat(report.brokenFirstBy("Pgd")).isZero();
    }

    /** NaN gradients for some examples: the others are attacked as ever. */
    @Test
    void nonFiniteGradients() {
        INDArray x = LineUp.inputs();
        Classifier some = FakeModel.withGradients(LineUp.LINEAR, (points, g) -> {
            INDArray result = g.dup();
            for (int n = 0; n < points.size(0); n++) {
                if (points.getDouble(n, 0) < -.5) {
                    result.putScalar(n, 0, Double.POSITIVE_INFINITY);
                }
            }
            return result;
        });
        EvaluationReport faulty = report(LineUp.pgd(some));
        EvaluationReport honest = report(LineUp.pgd(LineUp.LINEAR));
        FailureFlag flag = flag(faulty, Kind.NOT_FINITE);
        int failed = 0;
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            ExampleResult example = faulty.examples().get(n);
            if (example.trials().stream().anyMatch(ExampleResult.Trial::notFinite)) {
                failed++;
                // a ball of .1 or more around it reaches below -.5
                assertThat(x.getDouble(n, 0)).isLessThan(-.5 + .4 + 1e-9);
            } else {
                assertThat(example.brokenAt())
                        .isEqualTo(honest.examples().get(n).brokenAt());
            }
        }
        assertThat(failed).isBetween(5, LineUp.SAMPLES - 5);
        assertThat(flag.numbers()).containsEntry("examples", (double) failed);
    }

    @Test
    void lossThatFallsWithEpsilon() {
        DoubleFunction<Attack> backwards = epsilon ->
                new FakeAttack("Backwards[epsilon=" + epsilon + "]", 1, 0, FakeAttack.shift(.05 - epsilon / 10));
        EvaluationReport report = report(RobustEvaluation.of(LineUp.LINEAR).attack(backwards));
        FailureFlag flag = flag(report, Kind.LOSS_NOT_INCREASING);
        assertThat(flag.share()).isEqualTo(1);
        assertThat(flag.numbers()).containsEntry("smaller", .1).containsEntry("larger", .2);
        assertThat(flag.numbers().get("meanChange")).isNegative();
    }

    /** Steps that do not grow with the ball reach the edge of the small balls, but never the boundary. */
    @Test
    void anUnboundedAttackThatFails() {
        DoubleFunction<Attack> timid = epsilon ->
                new FakeAttack("Timid[epsilon=" + epsilon + "]", 1, 0, FakeAttack.shift(Math.min(epsilon, .2)));
        FailureFlag flag = flag(report(RobustEvaluation.of(LineUp.LINEAR).attack(timid)), Kind.UNBOUNDED_ATTACK_FAILS);
        assertThat(flag.numbers().get("standing"))
                .isPositive()
                .isLessThan(flag.numbers().get("tried"));
        assertThat(flag.share())
                .isEqualTo(flag.numbers().get("standing") / flag.numbers().get("tried"));
        FakeAttack lost = new FakeAttack("Lost[]", 1, 0, x -> x);
        EvaluationReport nowhere = report(RobustEvaluation.of(LineUp.LINEAR).attack(lost.minimumNorm()));
        assertThat(flag(nowhere, Kind.UNBOUNDED_ATTACK_FAILS).numbers()).containsEntry("found", 0.0);
    }

    /** A maker that gives the same attack for every radius cannot be let loose, and is not blamed for it. */
    @Test
    void anAttackOfOneRadiusIsNotLetLoose() {
        Attack fixed = new FakeAttack("Fixed[]", 1, 0, FakeAttack.shift(.1));
        EvaluationReport report = RobustEvaluation.of(LineUp.LINEAR)
                .attack(epsilon -> fixed)
                .epsilons(.1)
                .report(LineUp.inputs(), LineUp.labels());
        assertThat(report.flags()).isEmpty();
    }

    @Test
    void probesChangeNoNumber() {
        RobustEvaluation evaluation = LineUp.pgd(LineUp.LINEAR).attack(FakeAttack.diagonal("Diagonal"));
        EvaluationReport with = report(evaluation);
        EvaluationReport without = report(evaluation.withoutProbes());
        assertThat(without.examples()).isEqualTo(with.examples());
        assertThat(without.gradients()).isEqualTo(with.gradients());
        assertThat(without.settings().probes()).isFalse();
    }

    /** A success that the model takes back is a lie, unless the model itself is not to be trusted. */
    @Test
    void aClaimOfARandomisedModelIsNoLie() {
        int[] calls = {0};
        Classifier fickle = FakeModel.withLogits(LineUp.LINEAR, z -> z.mul(calls[0]++ % 2 == 0 ? 1 : -1));
        EvaluationReport report = report(RobustEvaluation.of(fickle).attack(FakeAttack.diagonal("Diagonal")));
        flag(report, Kind.RANDOMISED_MODEL);
        calls[0] = 0;
        assertThatIllegalStateException()
                .isThrownBy(() -> report(RobustEvaluation.of(fickle)
                        .attack(FakeAttack.diagonal("Diagonal"))
                        .withoutProbes()))
                .withMessageContaining("claims a success");
    }
}
