package org.jacreg.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NumberedExamplesTest {

    @Test
    void e01ThePenaltyMakesTheJacobianSmaller() throws IOException {
        E01_AddAPenalty.Outcome without = E01_AddAPenalty.measure(0, true);
        E01_AddAPenalty.Outcome with = E01_AddAPenalty.measure(0.05, true);

        // Initial weights are drawn without a seed here, as in most users' code: the factor seen is about 3, so 1.5 is
        // safe.
        assertThat(with.meanFrobenius()).isLessThan(without.meanFrobenius() / 1.5);
        assertThat(with.losses()).containsExactly("loss");
    }

    @Test
    void e01CommonMistakeLeavesTheTotalAsTheLoss() throws IOException {
        assertThat(E01_AddAPenalty.measure(0.05, false).losses()).doesNotContain("loss");
    }

    @Test
    void e02AttacksLowerTheAccuracyAndStayInTheBox() throws IOException {
        E02_AttackAModel.Outcome outcome = E02_AttackAModel.attack();

        assertThat(outcome.clean()).isGreaterThan(0.7);
        assertThat(outcome.fgsm()).isLessThan(outcome.clean() - 0.2);
        // PGD takes many small steps where FGSM takes one; here it finds at least about as many errors.
        assertThat(outcome.pgd()).isLessThanOrEqualTo(outcome.fgsm() + 0.02);
        assertThat(outcome.greatestPixel()).isLessThanOrEqualTo(1.0);
        assertThat(outcome.greatestPixelUnbounded()).isGreaterThan(1.0);
    }
}
