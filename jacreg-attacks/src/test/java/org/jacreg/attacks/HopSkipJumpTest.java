package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HopSkipJumpTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    private static HopSkipJump.Builder attack(Norm norm) {
        return norm == Norm.L2 ? HopSkipJump.l2() : HopSkipJump.linf();
    }

    /** Without a box the least distance is {@code |z_1 - z_0| / ||w||_q}. The attack is a random search with decisions only. */
    @ParameterizedTest
    @CsvSource({"L2, 1.02", "LINF, 1.05"})
    void distancesComeNearTheClosedFormOnLinearModels(Norm norm, double factor) {
        LinearProblem problem = LinearProblem.of(1, 12, 8, new double[2], InputBox.unbounded());
        HopSkipJump attack = attack(norm).iterations(25).seed(1).build();
        AttackResult result = attack.attack(ForwardsOnly.of(problem.model()), problem.x(), problem.zeros());
        assertThat(result.successRate()).isEqualTo(1);
        for (int n = 0; n < problem.samples(); n++) {
            double least = Math.max(0, -problem.margin(n)) / problem.dualNorm(norm);
            assertThat(result.outcomes().get(n).distance(norm)).isBetween(least, least * factor + 1e-12);
        }
    }

    /** With a box and Linf the least distance is where the greatest margin becomes positive, found here by bisection. */
    @Test
    void distancesComeNearTheClosedFormInABox() {
        LinearProblem problem = LinearProblem.of(2, 12, 8, new double[2], UNIT);
        AttackResult result =
                HopSkipJump.linf().iterations(25).build().attack(problem.model(), problem.x(), problem.zeros());
        int checked = 0;
        for (int n = 0; n < problem.samples(); n++) {
            double low = 0;
            double high = 1;
            if (problem.margin(n) > 0 || problem.greatestMargin(n, 1) <= 0) {
                continue;
            }
            for (int k = 0; k < 60; k++) {
                double middle = (low + high) / 2;
                if (problem.greatestMargin(n, middle) > 0) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            assertThat(result.outcomes().get(n).linf()).isBetween(low, 1.06 * high);
            checked++;
        }
        assertThat(checked).isGreaterThan(3);
    }

    /** {@code z = (exp(|x|^2), 0)}: class 0 wins everywhere, and float32 overflows at a distance of 10 that draws without a box soon reach. */
    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"L2", "LINF"})
    void drawsBeyondTheModelsRangeAreNoSuccess(Norm norm) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 2);
        SDVariable first = sd.math().exp(sd.math().square(x).sum(true, 1));
        sd.concat("logits", 1, first, first.mul(0));
        Classifier model = Classifier.of(sd).input("x").logits("logits").build();
        INDArray input = Nd4j.createFromArray(new float[][] {{1, 1}});
        AttackResult result = attack(norm).initialDraws(100).build().attack(model, input, Nd4j.createFromArray(0));
        assertThat(result.successRate()).isZero();
        assertThat(model.logits(result.adversarial()).toFloatVector()[0]).isBetween(1f, Float.MAX_VALUE);
    }

    /** A model that shows its predictions and nothing else gives the same points. */
    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"L2", "LINF"})
    void predictionsAreAllThatCounts(Norm norm) {
        ClosedFormNet net = ClosedFormNet.random(1, 6, 5, 3, 1.5, Activation.TANH, DataType.DOUBLE, UNIT);
        INDArray x = LinearProblem.of(5, 6, 6, new double[2], UNIT).x();
        INDArray y = net.logits(x).argMax(1);
        HopSkipJump attack = attack(norm).iterations(5).seed(3).build();
        AttackResult open = attack.attack(net, x, y);
        AttackResult closed = attack.attack(ForwardsOnly.predictionsOf(net), x, y);
        assertThat(open.successRate()).isEqualTo(1);
        assertThat(ContractChecks.values(closed.adversarial())).isEqualTo(ContractChecks.values(open.adversarial()));
        assertThat(ContractChecks.values(closed.firstAdversarial()))
                .isEqualTo(ContractChecks.values(open.firstAdversarial()));
        for (int n = 0; n < 6; n++) {
            assertThat(closed.outcomes().get(n).forwards())
                    .isEqualTo(open.outcomes().get(n).forwards());
        }
    }

    @Test
    void errorsFromTheStartCostNothingAndAreAtDistanceZero() {
        LinearProblem problem = LinearProblem.of(1, 12, 8, new double[2], UNIT);
        AttackResult result =
                HopSkipJump.l2().iterations(1).build().attack(problem.model(), problem.x(), problem.zeros());
        for (int n = 0; n < 12; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            if (problem.margin(n) > 0) {
                assertThat(outcome.forwards()).isEqualTo(1);
                assertThat(outcome.l2()).isZero();
            } else {
                assertThat(outcome.forwards()).isGreaterThan(100);
            }
        }
    }

    @Test
    void aModelThatNeverErrsEndsTheSearch() {
        LinearProblem problem = LinearProblem.of(1, 2, 8, new double[] {1000, 0}, UNIT);
        AttackResult result =
                HopSkipJump.l2().initialDraws(30).build().attack(problem.model(), problem.x(), problem.zeros());
        assertThat(result.successRate()).isZero();
        assertThat(result.outcomes()).allMatch(outcome -> outcome.forwards() == 31);
    }

    @Test
    void theBudgetEndsTheSearch() {
        LinearProblem problem = LinearProblem.of(1, 4, 8, new double[] {2, 0}, UNIT);
        AttackResult result =
                HopSkipJump.l2().queries(500).build().attack(problem.model(), problem.x(), problem.zeros());
        for (AttackOutcome outcome : result.outcomes()) {
            // the iteration that begins below 500 asks about at most 100 sqrt(4) points, 40 halvings and 20 bisections
            assertThat(outcome.forwards()).isLessThan(500 + 200 + 60);
        }
        assertThat(result.outcomes()).anyMatch(outcome -> outcome.forwards() >= 500);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> HopSkipJump.l2().iterations(0).build()).hasMessageContaining("iterations");
        assertThatThrownBy(() -> HopSkipJump.l2().initialEvaluations(1).build())
                .hasMessageContaining("initialEvaluations");
        assertThatThrownBy(() -> HopSkipJump.l2().maxEvaluations(99).build()).hasMessageContaining("maxEvaluations");
        assertThatThrownBy(() -> HopSkipJump.l2().initialDraws(0).build()).hasMessageContaining("initialDraws");
        assertThatThrownBy(() -> HopSkipJump.l2().gamma(Double.NaN).build()).hasMessageContaining("gamma");
        assertThatThrownBy(() -> HopSkipJump.l2().queries(0).build()).hasMessageContaining("queries");
        HopSkipJump.Options good = HopSkipJump.l2().build().options();
        assertThatThrownBy(() ->
                        new HopSkipJump.Options(Norm.L1, FeatureLimits.none(), 1, 2, 2, 1, 1, good.queries(), 0, false))
                .hasMessageContaining("l1");
    }
}
