package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import java.util.Random;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ApgdTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    private static final ClosedFormNet NET =
            ClosedFormNet.random(5, 10, 12, 5, 1.2, Activation.TANH, DataType.DOUBLE, UNIT);

    private static final INDArray X = inputs(6, 40);

    static final List<NormBall> BALLS = List.of(NormBall.linf(.1), NormBall.l2(.4), NormBall.l1(.9));

    private static INDArray inputs(long seed, int samples) {
        double[] values = new Random(seed).doubles(samples * 10L).toArray();
        return Nd4j.createFromArray(values).reshape('c', samples, 10);
    }

    private static INDArray predicted(ClosedFormNet net, INDArray x) {
        return net.logits(x).argMax(1);
    }

    /**
     * Where steps are halved, they end below 1e-6. Under l1 the shortest step is a tenth of the radius: with a box, entries that it stops
     * come off it a little at every step on another one, and the best point is within such a step of the optimum.
     */
    @ParameterizedTest
    @FieldSource("BALLS")
    void reachesTheOptimumOnTwoClassLinearModels(NormBall ball) {
        for (InputBox box : List.of(InputBox.unbounded(), UNIT)) {
            LinearOptimum linear = new LinearOptimum(11, 12, 2, 8, box);
            AttackResult result = Apgd.in(ball)
                    .untilBudget(true)
                    .iterations(200)
                    .build()
                    .attack(linear.model(), linear.x(), Nd4j.zeros(8));
            double tolerance = ball.norm() == Norm.L1 && box == UNIT ? .06 : 1e-6;
            for (int n = 0; n < 8; n++) {
                assertThat(result.outcomes().get(n).extremeLoss())
                        .as("sample %s, %s, %s", n, ball, box)
                        .isCloseTo(linear.loss(n, 0, ball), offset(tolerance))
                        .isLessThan(linear.loss(n, 0, ball) + 1e-9);
            }
        }
    }

    /** A linear model is broken exactly when some class's highest margin over ball and box is positive. */
    @ParameterizedTest
    @FieldSource("BALLS")
    void breaksWhatCanBeBrokenOnLinearModels(NormBall wide) {
        LinearOptimum linear = new LinearOptimum(12, 10, 5, 40, UNIT);
        NormBall ball = new NormBall(wide.norm(), wide.epsilon() / 2);
        INDArray y = predicted(linear.model(), linear.x());
        AttackResult result = Apgd.in(ball).loss(Apgd.Loss.TARGETED_DLR).build().attack(linear.model(), linear.x(), y);
        assertThat(result.successRate()).isStrictlyBetween(.1, .9);
        for (int n = 0; n < 40; n++) {
            assertThat(result.outcomes().get(n).success())
                    .as("sample %s", n)
                    .isEqualTo(linear.canBreak(n, y.getInt(n), ball));
        }
    }

    /** On average and within a hundredth: single starts may end on different hills. */
    @ParameterizedTest
    @FieldSource("BALLS")
    void isNotWeakerThanPgd(NormBall ball) {
        INDArray y = predicted(NET, X);
        double apgd = 0;
        double pgd = 0;
        double clean = 0;
        for (int seed = 0; seed < 2; seed++) {
            AttackResult result =
                    Apgd.in(ball).untilBudget(true).seed(seed).build().attack(NET, X, y);
            apgd += result.meanExtremeLoss();
            clean += result.outcomes().stream()
                    .mapToDouble(AttackOutcome::cleanLoss)
                    .average()
                    .orElseThrow();
            pgd += Pgd.in(ball).steps(100).seed(seed).build().attack(NET, X, y).meanExtremeLoss();
        }
        assertThat(apgd).as("%s", ball).isGreaterThan(pgd * .99);
        assertThat(apgd).isGreaterThan(1.2 * clean);
    }

    @ParameterizedTest
    @EnumSource(Apgd.Loss.class)
    void errorsCostNothingMore(Apgd.Loss loss) {
        INDArray y = predicted(NET, X);
        y.putScalar(0, (y.getInt(0) + 1) % 5);
        AttackResult result = Apgd.linf(.1).loss(loss).restarts(2).build().attack(NET, X, y);
        AttackOutcome wrong = result.outcomes().get(0);
        assertThat(wrong.success()).isTrue();
        assertThat(wrong.gradients()).isZero();
        assertThat(wrong.forwards()).isEqualTo(1);
        int runs = loss == Apgd.Loss.TARGETED_DLR ? 2 * 4 : 2;
        for (AttackOutcome outcome : result.outcomes()) {
            if (outcome.success()) {
                assertThat(outcome.gradients()).isLessThanOrEqualTo(100 * runs);
            } else {
                assertThat(outcome.gradients()).isEqualTo(100 * runs);
                assertThat(outcome.forwards()).isEqualTo(1 + runs);
            }
        }
        assertThat(result.successRate()).isStrictlyBetween(.1, .95);
    }

    @Test
    void untilBudgetGoesOnForAHigherLoss() {
        INDArray y = predicted(NET, X);
        AttackResult brief = Apgd.linf(.1).build().attack(NET, X, y);
        AttackResult whole = Apgd.linf(.1).untilBudget(true).build().attack(NET, X, y);
        assertThat(whole.outcomes()).allSatisfy(o -> assertThat(o.gradients()).isEqualTo(100));
        assertThat(whole.meanLoss()).isGreaterThan(1.05 * brief.meanLoss());
        assertThat(whole.successRate()).isEqualTo(brief.successRate());
    }

    /** The logits' scale saturates the cross-entropy, the ratio does not see it. */
    @Test
    void theRatioDoesNotSeeTheScaleOfTheLogits() {
        ClosedFormNet.Layer last = NET.layers().get(1);
        double[][] weights = new double[last.weights().length][];
        for (int i = 0; i < weights.length; i++) {
            weights[i] =
                    java.util.Arrays.stream(last.weights()[i]).map(w -> 1e4 * w).toArray();
        }
        double[] bias = java.util.Arrays.stream(last.bias()).map(b -> 1e4 * b).toArray();
        ClosedFormNet steep = new ClosedFormNet(
                List.of(NET.layers().get(0), new ClosedFormNet.Layer(weights, bias, Activation.NONE)),
                NET.inputShape(),
                DataType.DOUBLE,
                UNIT);
        INDArray y = predicted(NET, X);
        Apgd dlr = Apgd.linf(.1).loss(Apgd.Loss.DLR).build();
        AttackResult plain = dlr.attack(NET, X, y);
        AttackResult scaled = dlr.attack(steep, X, y);
        AttackResult blind = Apgd.linf(.1).build().attack(steep, X, y);
        assertThat(scaled.successRate()).isEqualTo(plain.successRate());
        assertThat(blind.vanishedGradients()).isPositive();
    }

    @Test
    void twoClassesFallBackToTheCrossEntropy() {
        LinearOptimum linear = new LinearOptimum(11, 12, 2, 8, UNIT);
        AttackResult ce = Apgd.linf(.1).build().attack(linear.model(), linear.x(), Nd4j.zeros(8));
        for (Apgd.Loss loss : List.of(Apgd.Loss.DLR, Apgd.Loss.TARGETED_DLR)) {
            AttackResult result = Apgd.linf(.1).loss(loss).build().attack(linear.model(), linear.x(), Nd4j.zeros(8));
            assertThat(result.outcomes()).isEqualTo(ce.outcomes());
            assertThat(result.attack())
                    .contains("loss=" + loss)
                    .endsWith("(" + loss + " needs " + loss.classes()
                            + " classes, the model has 2: cross_entropy in its place)");
        }
        assertThat(ce.attack()).doesNotContain("in its place");
    }

    @Test
    void threeClassesHaveTheRatioButNotItsTargetedForm() {
        LinearOptimum linear = new LinearOptimum(11, 12, 3, 8, UNIT);
        AttackResult ratio =
                Apgd.linf(.1).loss(Apgd.Loss.DLR).build().attack(linear.model(), linear.x(), Nd4j.zeros(8));
        AttackResult targeted =
                Apgd.linf(.1).loss(Apgd.Loss.TARGETED_DLR).build().attack(linear.model(), linear.x(), Nd4j.zeros(8));
        assertThat(ratio.attack()).doesNotContain("in its place");
        assertThat(targeted.attack()).contains("the model has 3: cross_entropy in its place");
    }

    @Test
    void asksForNoMoreTargetsThanThereAre() {
        Apgd five = Apgd.linf(.1)
                .loss(Apgd.Loss.TARGETED_DLR)
                .targets(5)
                .iterations(2)
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> five.attack(NET, X, predicted(NET, X)))
                .withMessageContaining("targets must be at most 4 for a model with 5 classes, got 5; leave it unset");
        Apgd unset = Apgd.linf(.001).loss(Apgd.Loss.TARGETED_DLR).iterations(2).build();
        assertThat(unset.attack(NET, X, predicted(NET, X)).outcomes().get(0).gradients())
                .isEqualTo(8);
    }

    @Test
    void frozenFeaturesTakeNoPart() {
        boolean[] frozen = new boolean[10];
        frozen[0] = true;
        frozen[7] = true;
        ThreatModel threat =
                new ThreatModel(NormBall.l2(.4), FeatureLimits.none().withFrozen(frozen));
        AttackResult result = Apgd.in(threat).untilBudget(true).build().attack(NET, X, predicted(NET, X));
        for (int n = 0; n < 40; n++) {
            assertThat(result.adversarial().getDouble(n, 0)).isEqualTo(X.getDouble(n, 0));
            assertThat(result.adversarial().getDouble(n, 7)).isEqualTo(X.getDouble(n, 7));
            // the whole radius is left to the others
            assertThat(result.outcomes().get(n).l2()).isCloseTo(.4, offset(1e-9));
        }
    }

    @Test
    void refusesBadOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).iterations(0).build())
                .withMessageContaining("iterations must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).restarts(0).build())
                .withMessageContaining("restarts must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).targets(0))
                .withMessageContaining("targets must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).targets(2).build())
                .withMessageContaining("targets are for the loss targeted_dlr");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Apgd.linf(.1).targeted(true).loss(Apgd.Loss.DLR).build())
                .withMessageContaining("dlr needs the true classes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).inertia(Double.NaN).build())
                .withMessageContaining("inertia must be in (0, 1]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Apgd.linf(.1).progress(1.1).build())
                .withMessageContaining("progress must be in [0, 1], got 1.1");
    }

    @Test
    void configurationIsWrittenOutWhole() {
        assertThat(Apgd.l1(12).seed(3).build())
                .hasToString("Apgd[threat=l1(12.0), loss=cross_entropy, iterations=100, restarts=1, targets=0,"
                        + " targeted=false, inertia=0.75, progress=0.75, shrinkingRadius=true, untilBudget=false,"
                        + " seed=3]");
        assertThat(Apgd.linf(.3).build().options().shrinkingRadius()).isFalse();
    }
}
