package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.SplittableRandom;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpsaTest {

    private static final InputBox UNIT = new InputBox(0, 1);
    private static final int ENTRIES = 12;

    private static double[] estimate(LinearProblem problem, FeatureLimits limits, int samples, boolean targeted) {
        Oracle oracle = Oracle.of(
                problem.model(),
                problem.x(),
                problem.zeros(),
                Search.strongest(Norm.LINF, targeted),
                ProgressListener.none());
        ThreatModel threat = new ThreatModel(NormBall.linf(.1), limits);
        Region region = Region.of(threat, problem.x(), UNIT);
        SplittableRandom[] randoms = {new SplittableRandom(5)};
        return new SpsaEstimate(oracle, region, samples, .01, targeted)
                .at(new int[] {0}, oracle.copies(new int[] {0}), randoms)[0];
    }

    /** On a linear model entry {@code j} has the mean {@code g_j} and the variance {@code (||g||^2 - g_j^2) / samples}. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void theEstimateIsUnbiasedWithItsStandardError(boolean targeted) {
        LinearProblem problem = LinearProblem.of(3, 1, ENTRIES, new double[2], UNIT);
        int samples = 20_000;
        double[] estimate = estimate(problem, FeatureLimits.none(), samples, targeted);
        double squares = Math.pow(problem.dualNorm(Norm.L2), 2);
        double chi = 0;
        for (int j = 0; j < ENTRIES; j++) {
            // the margin is z_0 - z_1, or its negative where class 0 is to be reached
            double truth = targeted ? problem.slope(j) : -problem.slope(j);
            double error = Math.sqrt((squares - truth * truth) / samples);
            assertThat(estimate[j]).isCloseTo(truth, offset(5 * error));
            chi += Math.pow((estimate[j] - truth) / error, 2);
        }
        // about ENTRIES if the errors are of the size they should have: the true gradient itself would give 0
        assertThat(chi).isBetween(ENTRIES / 4.0, ENTRIES * 4.0);
    }

    @Test
    void frozenFeaturesTakeNoPart() {
        LinearProblem problem = LinearProblem.of(3, 1, 3, new double[2], UNIT);
        double[] estimate = estimate(problem, FeatureLimits.none().withFrozen(false, true, false), 100, false);
        assertThat(estimate[1]).isZero();
        assertThat(estimate[0]).isNotZero();
    }

    @ParameterizedTest
    @EnumSource(Spsa.Update.class)
    void linearModelsAreBrokenExactlyWhereTheClosedFormSays(Spsa.Update update) {
        LinearProblem problem = LinearProblem.of(1, 30, ENTRIES, new double[2], UNIT);
        Spsa spsa = Spsa.linf(.1).steps(60).samples(64).update(update).seed(2).build();
        AttackResult result = spsa.attack(ForwardsOnly.of(problem.model()), problem.x(), problem.zeros());
        assertThat(result.robustAccuracy()).isBetween(.1, result.accuracy() - .1);
        for (int n = 0; n < problem.samples(); n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            double margin = problem.greatestMargin(n, .1);
            assertThat(outcome.success()).isEqualTo(margin > 0);
            if (!outcome.success()) {
                // an entry whose slope is small may be at the wrong end by the noise of the estimate
                assertThat(outcome.loss())
                        .isBetween(.98 * Math.log1p(Math.exp(margin)), Math.log1p(Math.exp(margin)) + 1e-12);
            }
        }
    }

    /** Without a box the optimum of a linear model is {@code z_1 - z_0 + epsilon ||w||_q}; the noise of the estimate leaves a few percent. */
    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"L2", "L1"})
    void roundBallsReachTheOptimumOfALinearModel(Norm norm) {
        LinearProblem problem = LinearProblem.of(4, 3, ENTRIES, new double[] {100, 0}, InputBox.unbounded());
        Spsa spsa = Spsa.in(new NormBall(norm, .5)).steps(60).samples(128).build();
        AttackResult result = spsa.attack(problem.model(), problem.x(), problem.zeros());
        double[][] after = problem.model().logits(result.adversarial()).toDoubleMatrix();
        for (int n = 0; n < problem.samples(); n++) {
            double gain = after[n][1] - after[n][0] - problem.margin(n);
            assertThat(gain / (.5 * problem.dualNorm(norm))).isBetween(.95, 1 + 1e-9);
        }
    }

    @Test
    void forwardsAreCounted() {
        LinearProblem problem = LinearProblem.of(4, 3, ENTRIES, new double[] {100, 0}, UNIT);
        Spsa spsa = Spsa.linf(.1).steps(7).samples(100).restarts(2).build();
        AttackResult result = spsa.attack(problem.model(), problem.x(), problem.zeros());
        assertThat(result.outcomes()).allMatch(outcome -> outcome.forwards() == 1 + 2 * 7 * (2 * 100 + 1));
        assertThat(result.gradients()).isZero();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Spsa.l2(.1).steps(0).build()).hasMessageContaining("steps");
        assertThatThrownBy(() -> Spsa.l2(.1).samples(0).build()).hasMessageContaining("samples");
        assertThatThrownBy(() -> Spsa.l2(.1).delta(0).build()).hasMessageContaining("delta");
        assertThatThrownBy(() -> Spsa.l2(.1).stepSize(Double.NaN).build()).hasMessageContaining("stepSize");
        assertThatThrownBy(() -> Spsa.l2(.1).restarts(0).build()).hasMessageContaining("restarts");
        assertThat(Spsa.l1(2).steps(10).build().options().stepSize()).isEqualTo(1);
    }
}
