package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** On linear models the strongest perturbation over ball and box is a small program whose solution is known. */
class GradientAttacksOnLinearModelsTest {

    private static final int SAMPLES = 8;
    private static final InputBox UNIT = new InputBox(0, 1);

    /**
     * An attack of a ball and what it may miss the optimum by.
     *
     * @param attack the attack
     * @param ball where it searches
     * @param box the model's box
     * @param tolerance by how much the loss may be lower
     */
    record Trial(Attack attack, NormBall ball, InputBox box, double tolerance) {}

    /** A dozen roundings of numbers below 10. */
    private static final double EXACT = 1e-12;

    static List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        for (InputBox box : List.of(InputBox.unbounded(), UNIT)) {
            for (NormBall ball : List.of(NormBall.linf(.1), NormBall.l2(.5), NormBall.l1(1.3))) {
                boolean bounded = box == UNIT;
                // FGSM clips under l2; under the other norms it solves the linear program
                if (!bounded || ball.norm() != Norm.L2) {
                    trials.add(new Trial(Fgsm.in(ball).build(), ball, box, EXACT));
                }
                // l1 with a box: entries at their bounds come off them a little at every step on another entry, so the
                // loss lies below
                // the optimum by the length of a step times a slope of order one; steps of a thousandth of the radius
                // here
                boolean coarse = bounded && ball.norm() == Norm.L1;
                // under l2 the direction turns towards the optimum by a factor per step
                double fine = coarse ? .02 : ball.norm() == Norm.L2 ? 1e-8 : EXACT;
                double step = ball.epsilon() * (coarse ? 5e-3 : .4);
                int steps = coarse ? 500 : 200;
                trials.add(new Trial(
                        Pgd.in(ball).steps(steps).stepSize(step).seed(3).build(), ball, box, fine));
                trials.add(new Trial(Bim.in(ball).steps(steps).stepSize(step).build(), ball, box, fine));
                trials.add(new Trial(MiFgsm.in(ball).steps(steps).stepSize(step).build(), ball, box, fine));
            }
        }
        return trials;
    }

    @ParameterizedTest
    @MethodSource("trials")
    void theOptimumIsReached(Trial trial) {
        LinearOptimum linear = new LinearOptimum(21, 9, 2, SAMPLES, trial.box());
        AttackResult result = trial.attack().attack(linear.model(), linear.x(), Nd4j.zeros(SAMPLES));
        for (int n = 0; n < SAMPLES; n++) {
            double optimum = linear.loss(n, 0, trial.ball());
            assertThat(result.outcomes().get(n).extremeLoss())
                    .as("sample %s", n)
                    .isBetween(optimum - trial.tolerance(), optimum + EXACT);
        }
    }

    /** Freezing features is as good as taking them out of the model: the radius is left to the others. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void frozenFeaturesAreAsGoodAsAbsent(Norm norm) {
        LinearOptimum linear = new LinearOptimum(22, 9, 2, SAMPLES, InputBox.unbounded());
        boolean[] frozen = new boolean[9];
        // the steepest feature of all is among them
        double[][] w = linear.model().layers().get(0).weights();
        int steepest = IntStream.range(0, 9)
                .reduce(0, (a, b) -> Math.abs(w[a][1] - w[a][0]) > Math.abs(w[b][1] - w[b][0]) ? a : b);
        frozen[steepest] = true;
        frozen[(steepest + 4) % 9] = true;
        NormBall ball = new NormBall(norm, .4);
        ThreatModel threat = new ThreatModel(ball, FeatureLimits.none().withFrozen(frozen));
        double dual = 0;
        for (int j = 0; j < 9; j++) {
            double d = frozen[j] ? 0 : Math.abs(w[j][1] - w[j][0]);
            dual = norm == Norm.L1 ? Math.max(dual, d) : dual + (norm == Norm.L2 ? d * d : d);
        }
        dual = norm == Norm.L2 ? Math.sqrt(dual) : dual;
        INDArray z = linear.model().logits(linear.x());
        for (Attack attack : List.of(
                Fgsm.in(threat).build(),
                Pgd.in(threat).steps(100).stepSize(.2).build(),
                MiFgsm.in(threat).build(),
                Apgd.in(threat).untilBudget(true).build())) {
            AttackResult result = attack.attack(linear.model(), linear.x(), Nd4j.zeros(SAMPLES));
            for (int n = 0; n < SAMPLES; n++) {
                double optimum = Math.log1p(Math.exp(z.getDouble(n, 1) - z.getDouble(n, 0) + .4 * dual));
                // the steps of APGD end below a millionth of the radius
                assertThat(result.outcomes().get(n).extremeLoss())
                        .as("%s, sample %s", attack, n)
                        .isCloseTo(optimum, offset(1e-8));
            }
        }
    }

    /** A range narrower than the box is a box of its own. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void rangesBindAsABoxDoes(Norm norm) {
        NormBall ball = new NormBall(norm, norm == Norm.LINF ? .3 : .6);
        LinearOptimum boxed = new LinearOptimum(23, 9, 2, SAMPLES, UNIT);
        LinearOptimum open = new LinearOptimum(23, 9, 2, SAMPLES, InputBox.unbounded());
        double[] ones = new double[9];
        java.util.Arrays.fill(ones, 1);
        ThreatModel ranges = new ThreatModel(ball, FeatureLimits.none().withRanges(new double[9], ones));
        AttackResult byRange = Pgd.in(ranges).seed(1).build().attack(open.model(), open.x(), Nd4j.zeros(SAMPLES));
        AttackResult byBox = Pgd.in(ball).seed(1).build().attack(boxed.model(), boxed.x(), Nd4j.zeros(SAMPLES));
        for (int n = 0; n < SAMPLES; n++) {
            // rows add up in another order than arrays
            assertThat(byRange.outcomes().get(n).loss())
                    .isCloseTo(byBox.outcomes().get(n).loss(), offset(1e-9));
        }
    }
}
