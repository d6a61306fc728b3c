package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.stream.Stream;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class UniversalPerturbationTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    /** Without a box one perturbation raises all margins by {@code epsilon ||w||_q}, the most that any attack can. */
    @ParameterizedTest
    @CsvSource({"LINF, .1", "L2, .3"})
    void linearModelsAreFooledAsTheClosedFormSays(Norm norm, double epsilon) {
        LinearProblem problem = LinearProblem.of(1, 40, 8, new double[2], InputBox.unbounded());
        FittedPerturbation fitted = UniversalPerturbation.in(new NormBall(norm, epsilon))
                .epochs(20)
                .batchSize(16)
                .seed(3)
                .build()
                .fit(problem.model(), problem.x(), problem.zeros());
        AttackResult result = fitted.attack(problem.model(), problem.x(), problem.zeros());
        int broken = 0;
        for (int n = 0; n < 40; n++) {
            boolean hit = problem.margin(n) + epsilon * problem.dualNorm(norm) > 0;
            assertThat(result.outcomes().get(n).success()).isEqualTo(hit);
            broken += hit ? 1 : 0;
        }
        assertThat(fitted.fittedSuccessRate()).isEqualTo(broken / 40.0);
        assertThat(result.accuracy() * 40).isGreaterThan(40 - broken);
        assertThat(result.robustAccuracy()).isPositive();
        double[] d = fitted.perturbation().toDoubleVector();
        for (int j = 0; j < 8; j++) {
            double best = norm == Norm.LINF
                    ? epsilon * Math.signum(problem.slope(j))
                    : epsilon * problem.slope(j) / problem.dualNorm(norm);
            // every step goes along the slope, whatever the batch
            assertThat(d[j]).isCloseTo(best, offset(1e-12));
        }
    }

    @Test
    void fittedToOneSetItBreaksAnother() {
        LinearProblem problem = LinearProblem.of(2, 200, 8, new double[2], UNIT);
        INDArray seen = problem.x().get(NDArrayIndex.interval(0, 100)).dup();
        INDArray unseen = problem.x().get(NDArrayIndex.interval(100, 200)).dup();
        FittedPerturbation fitted = UniversalPerturbation.linf(.1).build().fit(problem.model(), seen, Nd4j.zeros(100));
        AttackResult other = fitted.attack(problem.model(), unseen, Nd4j.zeros(100));
        assertThat(other.robustAccuracy()).isLessThan(other.accuracy() - .1);
        // no attack beats the closed form, nor does a perturbation for all
        for (int n = 0; n < 100; n++) {
            if (other.outcomes().get(n).success()) {
                assertThat(problem.greatestMargin(100 + n, .1)).isPositive();
            }
        }
        INDArray moved = fitted.applyTo(problem.model(), unseen);
        double[] d = fitted.perturbation().toDoubleVector();
        for (int j = 0; j < 8; j++) {
            assertThat(moved.getDouble(7, j)).isEqualTo(Math.max(0, Math.min(1, unseen.getDouble(7, j) + d[j])));
        }
    }

    @Test
    void targetedReachesItsClass() {
        LinearProblem problem = LinearProblem.of(3, 30, 8, new double[2], InputBox.unbounded());
        FittedPerturbation fitted = UniversalPerturbation.linf(.1)
                .targeted(true)
                .epochs(20)
                .build()
                .fit(problem.model(), problem.x(), problem.ones());
        AttackResult result = fitted.attack(problem.model(), problem.x(), problem.ones());
        for (int n = 0; n < 30; n++) {
            assertThat(result.outcomes().get(n).success()).isEqualTo(problem.greatestMargin(n, .1) > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void thePerturbationStaysInTheBall(Norm norm) {
        ClosedFormNet net = ClosedFormNet.random(1, 6, 5, 3, 1.5, Activation.TANH, DataType.DOUBLE, UNIT);
        INDArray x = LinearProblem.of(5, 30, 6, new double[2], UNIT).x();
        INDArray y = net.logits(x).argMax(1);
        UniversalPerturbation search =
                UniversalPerturbation.in(new NormBall(norm, .4)).batchSize(7).build();
        FittedPerturbation fitted = search.fit(net, x, y);
        double[] d = fitted.perturbation().toDoubleVector();
        assertThat(norm.distance(d, new double[6])).isBetween(.3, .4 + 1e-12);
        assertThat(fitted.fittedSuccessRate()).isPositive();
        assertThat(search.fit(net, x, y).perturbation().toDoubleVector()).isEqualTo(d);
    }

    @Test
    void lostInputsPullNoMore() {
        // a lost input with a slope of its own must not hide what breaks the others
        LinearProblem problem = LinearProblem.of(1, 4, 3, new double[] {0, 50}, InputBox.unbounded());
        FittedPerturbation fitted =
                UniversalPerturbation.linf(.1).build().fit(problem.model(), problem.x(), problem.zeros());
        assertThat(fitted.perturbation().toDoubleVector()).containsOnly(0);
        FittedPerturbation unlimited = UniversalPerturbation.linf(.1)
                .lossLimit(Double.POSITIVE_INFINITY)
                .build()
                .fit(problem.model(), problem.x(), problem.zeros());
        assertThat(unlimited.perturbation().toDoubleVector()).doesNotContain(0);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> UniversalPerturbation.l1(.1).epochs(0).build()).hasMessageContaining("epochs");
        assertThatThrownBy(() -> UniversalPerturbation.l2(.1).batchSize(0).build())
                .hasMessageContaining("batchSize");
        assertThatThrownBy(
                        () -> UniversalPerturbation.l2(.1).stepSize(Double.NaN).build())
                .hasMessageContaining("stepSize");
        assertThatThrownBy(() -> UniversalPerturbation.l2(.1).lossLimit(0).build())
                .hasMessageContaining("lossLimit");
        LinearProblem three = LinearProblem.of(1, 2, 3, new double[2], UNIT);
        LinearProblem four = LinearProblem.of(1, 2, 4, new double[2], UNIT);
        FittedPerturbation fitted = UniversalPerturbation.linf(.1).build().fit(three.model(), three.x(), three.zeros());
        assertThatThrownBy(() -> fitted.attack(four.model(), four.x(), four.zeros()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 entries")
                .hasMessageContaining("4");
    }

    /** Any perturbation of six entries as an attack. */
    private static FittedPerturbation some(ThreatModel threat, boolean targeted) {
        double[] delta = {.1, -.1, .05, -.1, .1, .1};
        return new FittedPerturbation(threat, delta, new long[] {6}, targeted, 0, "test", 7);
    }

    @TestFactory
    Stream<DynamicNode> keepTheContract() {
        return AttackContract.tests(
                AttackContract.within(
                        "Limited",
                        new ThreatModel(
                                NormBall.linf(0.1),
                                FeatureLimits.none().withFrozen(false, true, false, false, false, true)),
                        (threat, seed) -> some(threat, false)),
                AttackContract.within(
                                "Targeted",
                                new ThreatModel(
                                        NormBall.l2(0.3),
                                        FeatureLimits.none().withRanges(new double[] {0, 0, 0, 0, 0, 0}, new double[] {
                                            1, 1, 1, 1, 1, 1
                                        })),
                                (threat, seed) -> some(threat, true))
                        .targeted());
    }
}
