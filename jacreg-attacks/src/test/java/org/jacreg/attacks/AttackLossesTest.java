package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class AttackLossesTest {

    private static final double[] LOGITS = {3, 1, .5, -1, -2};

    private static double value(LogitLoss loss, double... z) {
        double[] kept = z.clone();
        double value = loss.at(0, z, new double[z.length]);
        assertThat(z).as("logits are not modified").isEqualTo(kept);
        return value;
    }

    /** Published values, to the ten digits given and the 1e-12 that the denominators gain. */
    @Test
    void ratiosHaveThePublishedValues() {
        assertThat(value(AttackLosses.differenceOfLogitsRatio(row -> 0), LOGITS))
                .isCloseTo(-.8, offset(1e-10));
        assertThat(value(AttackLosses.differenceOfLogitsRatio(row -> 1), LOGITS))
                .isCloseTo(.8, offset(1e-10));
        assertThat(value(AttackLosses.targetedRatio(row -> 0, row -> 2), LOGITS))
                .isCloseTo(-.7692307692, offset(1e-10));
    }

    @Test
    void crossEntropyHasThePublishedValue() {
        assertThat(value(AttackLosses.crossEntropy(row -> 0, false), 2, .5, -1)).isCloseTo(.2413112967, offset(1e-10));
        assertThat(value(AttackLosses.crossEntropy(row -> 0, true), 2, .5, -1)).isCloseTo(-.2413112967, offset(1e-10));
        // where a naive exponential overflows
        assertThat(value(AttackLosses.crossEntropy(row -> 1, false), 1000, 0)).isEqualTo(1000);
    }

    static final List<LogitLoss> LOSSES = List.of(
            AttackLosses.crossEntropy(row -> 1, false),
            AttackLosses.crossEntropy(row -> 2, true),
            AttackLosses.differenceOfLogitsRatio(row -> 0),
            AttackLosses.differenceOfLogitsRatio(row -> 3),
            AttackLosses.targetedRatio(row -> 1, row -> 0),
            AttackLosses.targetedRatio(row -> 4, row -> 2));

    @ParameterizedTest
    @FieldSource("LOSSES")
    void cotangentsAreThoseOfCentralDifferences(LogitLoss loss) {
        Random random = new Random(1);
        for (int trial = 0; trial < 50; trial++) {
            // shuffled logits a tenth apart or more: the order is the same on both sides of a difference
            double[] z = random.ints(0, 40)
                    .distinct()
                    .limit(5)
                    .mapToDouble(k -> .1 * k)
                    .toArray();
            double[] cotangent = new double[z.length];
            loss.at(0, z, cotangent);
            for (int c = 0; c < z.length; c++) {
                double step = 1e-5;
                double[] up = z.clone();
                double[] down = z.clone();
                up[c] += step;
                down[c] -= step;
                double difference = (value(loss, up) - value(loss, down)) / (2 * step);
                // the third derivative times 1e-10, where a denominator may be as small as 0.15: up to 1e-10 / 0.15^4
                assertThat(cotangent[c]).isCloseTo(difference, offset(1e-6));
            }
        }
    }

    /** The ratios do not see the scale or a shift of the logits. */
    @Test
    void ratiosAreScaleFree() {
        double[] scaled = new double[LOGITS.length];
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] = 1e4 * LOGITS[c] + 7;
        }
        LogitLoss plain = AttackLosses.differenceOfLogitsRatio(row -> 2);
        LogitLoss targeted = AttackLosses.targetedRatio(row -> 1, row -> 3);
        assertThat(value(plain, scaled)).isCloseTo(value(plain, LOGITS), offset(1e-11));
        assertThat(value(targeted, scaled)).isCloseTo(value(targeted, LOGITS), offset(1e-11));
    }

    @Test
    void equalLogitsGiveFiniteNumbers() {
        for (LogitLoss loss : LOSSES) {
            double[] cotangent = new double[5];
            assertThat(loss.at(0, new double[5], cotangent)).isFinite();
            assertThat(cotangent).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    void targetsComeByFallingLogit() {
        assertThat(AttackLosses.targets(new double[] {.5, 2, -1, 3}, 1)).containsExactly(3, 0, 2);
        assertThat(AttackLosses.targets(new double[] {1, 1, 1}, 2)).containsExactly(0, 1);
        assertThat(AttackLosses.descending(new double[] {1, 3, 3, 2})).containsExactly(1, 2, 3, 0);
    }
}
