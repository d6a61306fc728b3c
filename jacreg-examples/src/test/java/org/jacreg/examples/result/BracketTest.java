package org.jacreg.examples.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class BracketTest {

    private static final double INFINITE = Double.POSITIVE_INFINITY;

    @Test
    void aCertifiedRadiusCountsAndTheDistanceOfAnErrorDoesNot() {
        Bracket bracket =
                new Bracket(AttackNorm.L2, "CROWN", List.of(-1.0, 0.0, 0.5, 1.0), List.of(0.0, 0.5, 1.0, INFINITE));

        assertThat(bracket.certifiedAt(0)).isEqualTo(0.75);
        assertThat(bracket.certifiedAt(0.5)).isEqualTo(0.5);
        assertThat(bracket.certifiedAt(0.6)).isEqualTo(0.25);
        assertThat(bracket.withstoodAt(0)).isEqualTo(0.75);
        assertThat(bracket.withstoodAt(0.5)).isEqualTo(0.5);
        assertThat(bracket.withstoodAt(0.4)).isEqualTo(0.75);
        assertThat(bracket.medianCertified()).isZero();
        assertThat(bracket.medianAttacked()).isEqualTo(0.5);
        assertThat(bracket.violations()).isZero();
    }

    @Test
    void anErrorWithinACertificateIsCounted() {
        Bracket bracket = new Bracket(AttackNorm.LINF, "CROWN", List.of(0.5, 0.5, 0.0), List.of(0.5, 0.4, 0.0));

        assertThat(bracket.violations()).isEqualTo(3);
    }

    @Test
    void listsMustBelongTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bracket(AttackNorm.LINF, "CROWN", List.of(0.5), List.of()))
                .withMessageContaining("got 1 and 0");
    }
}
