package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class GairWeightsTest {

    /** (1 + tanh(-1 + 5 (5 - kappa) / 5)) / 2 for kappa 0, 5, 10, by hand: tanh 4, tanh -1, tanh -6. */
    @Test
    void samplesThatFallSoonCountMost() {
        double[] raw = {.9996646499, .1192029220, .0000061442};
        double mean = Arrays.stream(raw).sum() / 3;
        double[] weights = GairWeights.fromEpoch(0).of(new int[] {0, 5, 10}, 10, 0);
        for (int n = 0; n < 3; n++) {
            assertThat(weights[n]).isCloseTo(raw[n] / mean, Offset.offset(1e-9));
        }
    }

    @Test
    void allCountOneBeforeTheFirstEpoch() {
        assertThat(GairWeights.fromEpoch(3).of(new int[] {0, 5}, 10, 2)).containsExactly(1, 1);
        assertThat(GairWeights.fromEpoch(3).of(new int[] {0, 5}, 10, 3)).isNotEqualTo(new double[] {1, 1});
    }

    @Test
    void weightsThatVanishAreOne() {
        assertThat(new GairWeights(-1000, 0).of(new int[] {0, 5}, 10, 0)).containsExactly(1, 1);
    }
}
