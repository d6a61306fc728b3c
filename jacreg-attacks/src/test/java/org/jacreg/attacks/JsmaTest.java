package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** On linear models the saliency map is the same at every point, so that the pairs are known. */
class JsmaTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    /** Entries 1 and 3 have the greatest product of what they add to class 1 and take from class 0. */
    private static final ClosedFormNet TWO = ClosedFormNet.linear(
            new double[][] {{.1, .2}, {-2, 2}, {1, .5}, {-1, 3}, {-.5, -.5}, {-.4, .3}}, new double[] {1, 0}, UNIT);

    private static final INDArray ZERO = Nd4j.zeros(1, 6).castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE);

    @Test
    void theMostSalientPairIsChanged() {
        AttackResult result = Jsma.l0().gamma(.4).build().attack(TWO, ZERO, Nd4j.createFromArray(0));
        assertThat(ContractChecks.values(result.adversarial())).containsExactly(0, 1, 0, 1, 0, 0);
        assertThat(result.outcomes().get(0).l0()).isEqualTo(2);
        assertThat(result.outcomes().get(0).success()).isTrue();
        assertThat(result.outcomes().get(0).gradients()).isEqualTo(2);
    }

    @Test
    void targetedTakesTheSamePairForTwoClasses() {
        AttackResult result = Jsma.l0().gamma(.4).targeted(true).build().attack(TWO, ZERO, Nd4j.createFromArray(1));
        assertThat(ContractChecks.values(result.adversarial())).containsExactly(0, 1, 0, 1, 0, 0);
        assertThat(result.targeted()).isTrue();
    }

    @Test
    void frozenFeaturesTakeNoPart() {
        FeatureLimits limits = FeatureLimits.none().withFrozen(false, true, false, false, false, false);
        AttackResult result = Jsma.l0().gamma(.4).limits(limits).build().attack(TWO, ZERO, Nd4j.createFromArray(0));
        // by hand: of the pairs left, 3 and 5 have (3 + .3) * (1 + .4), more than any other
        assertThat(ContractChecks.values(result.adversarial())).containsExactly(0, 0, 0, 1, 0, 1);
    }

    @Test
    void withNegativeThetaEntriesFall() {
        AttackResult result = Jsma.l0().theta(-1).gamma(.4).build().attack(TWO, ZERO.add(1), Nd4j.createFromArray(1));
        // from all ones class 1 leads by 5.5 - (-1.8); no pair may take up more than it gains
        double[] found = ContractChecks.values(result.adversarial());
        for (double value : found) {
            assertThat(value).isBetween(0.0, 1.0);
        }
        assertThat(result.outcomes().get(0).cleanPrediction()).isEqualTo(1);
        assertThat(found).containsExactly(1, 0, 1, 0, 1, 1);
    }

    /** The pair is the best of all pairs, found here by looking at every one, and the number of entries is limited. */
    @Test
    void everyStepTakesTheBestPairUpToTheLimit() {
        Random random = new Random(3);
        double[][] w = new double[12][3];
        for (double[] row : w) {
            java.util.Arrays.setAll(row, c -> random.nextGaussian());
        }
        ClosedFormNet model = ClosedFormNet.linear(w, new double[] {50, 0, 0}, UNIT);
        INDArray x = Nd4j.zeros(1, 12).castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE);
        for (int steps = 1; steps <= 2; steps++) {
            double[] expected = new double[12];
            for (int step = 0; step < steps; step++) {
                double best = 0;
                int[] pair = new int[2];
                for (int p = 0; p < 12; p++) {
                    for (int q = 0; q < p; q++) {
                        double others = w[p][1] + w[p][2] + w[q][1] + w[q][2];
                        double own = w[p][0] + w[q][0];
                        boolean free = expected[p] == 0 && expected[q] == 0;
                        if (free && others > 0 && own < 0 && -others * own > best) {
                            best = -others * own;
                            pair = new int[] {p, q};
                        }
                    }
                }
                expected[pair[0]] = 1;
                expected[pair[1]] = 1;
            }
            LastPoint last = LastPoint.of(model);
            AttackResult result =
                    Jsma.l0().gamma((2 * steps + .5) / 12).build().attack(last, x, Nd4j.createFromArray(0));
            assertThat(ContractChecks.values(last.last().get())).isEqualTo(expected);
            assertThat(result.outcomes().get(0).success()).isFalse();
        }
    }

    @Test
    void aConstantModelEndsCleanly() {
        ClosedFormNet model = ClosedFormNet.linear(new double[6][3], new double[] {1, 0, 0}, UNIT);
        AttackOutcome outcome = Jsma.l0()
                .gamma(1)
                .build()
                .attack(model, ZERO, Nd4j.createFromArray(0))
                .outcomes()
                .get(0);
        assertThat(outcome.success()).isFalse();
        assertThat(outcome.gradientVanished()).isTrue();
        assertThat(outcome.gradients()).isEqualTo(2);
    }

    @Test
    void badOptionsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jsma.l0().theta(0).build())
                .withMessageContaining("theta");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jsma.l0().gamma(1.5).build())
                .withMessageContaining("gamma must lie in (0, 1], got 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jsma.l0().gamma(.1).build().attack(TWO, ZERO, Nd4j.createFromArray(0)))
                .withMessageContaining("0.1 of 6 entries");
    }
}
