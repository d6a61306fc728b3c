package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

/** The error function beside another implementation, which goes by the incomplete gamma function, and at published points. */
class ErrorFunctionTest {

    @Test
    void valuesAreThoseOfAnotherImplementation() {
        for (double x = -9; x <= 9; x += 1.0 / 128) {
            // both err by a few units in the last place of 1
            assertThat(ErrorFunction.value(x)).as("erf(%s)", x).isCloseTo(Erf.erf(x), within(2e-15));
            double normal = Erf.erfc(-x / Math.sqrt(2)) / 2;
            assertThat(ErrorFunction.normal(x)).as("Phi(%s)", x).isCloseTo(normal, within(2e-15));
            if (x < -4) {
                assertThat(ErrorFunction.normal(x)).isCloseTo(normal, within(1e-11 * normal));
            }
        }
    }

    /** Abramowitz and Stegun 1964, table 7.1. */
    @Test
    void valuesOfTheTable() {
        assertThat(ErrorFunction.value(0.5)).isCloseTo(0.5204998778, within(1e-10));
        assertThat(ErrorFunction.value(1)).isCloseTo(0.8427007929, within(1e-10));
        assertThat(ErrorFunction.value(2)).isCloseTo(0.9953222650, within(1e-10));
        assertThat(ErrorFunction.value(0)).isZero();
        assertThat(ErrorFunction.value(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(ErrorFunction.value(Double.NaN)).isNaN();
        assertThat(ErrorFunction.normal(-50)).isZero();
    }
}
