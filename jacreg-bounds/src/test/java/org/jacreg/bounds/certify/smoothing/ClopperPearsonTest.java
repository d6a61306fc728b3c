package org.jacreg.bounds.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.function.LongToDoubleFunction;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClopperPearsonTest {

    /** Computed with another library's beta quantile, to ten digits; the tolerance is half a digit and the rounding down. */
    @ParameterizedTest
    @CsvSource({
        "100000, 100000, .001, .25, 0.9999309248, 0.9528641408",
        "99000, 100000, .001, .5, 0.9889893404, 1.1449999776",
        "60000, 100000, .001, 1, 0.5952010473, 0.2409447922",
        "990, 1000, .001, .25, 0.9760361872, 0.4945023955",
        "10, 10, .05, 1, 0.7411344491, 0.6468467970",
        "50500, 100000, .001, .25, 0.5001089517, 6.8275e-5"
    })
    void boundsAndRadiiAreKnown(long count, long n, double alpha, double sigma, double probability, double radius) {
        double lower = ClopperPearson.lower(count, n, alpha);
        assertThat(lower).isCloseTo(probability, offset(1e-10));
        assertThat(new SmoothedRadius(0, count, n, lower, sigma, alpha).radius())
                .isCloseTo(radius, offset(1e-9));
    }

    /** The probability of a wrong bound, summed over all outcomes: no more than alpha, whatever the true probability. */
    private static double failure(LongToDoubleFunction lower, int n, double p) {
        BinomialDistribution outcomes = new BinomialDistribution(null, n, p);
        double failure = 0;
        for (int k = 0; k <= n; k++) {
            failure += lower.applyAsDouble(k) > p ? outcomes.probability(k) : 0;
        }
        return failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40, 301})
    void theBoundFailsNoOftenerThanAllowed(int n) {
        double alpha = .03;
        double worst = 0;
        for (int i = 1; i < 400; i++) {
            worst = Math.max(worst, failure(k -> ClopperPearson.lower(k, n, alpha), n, i / 400.0));
        }
        assertThat(worst).isLessThanOrEqualTo(alpha);
        // and not by asking for nothing
        assertThat(worst).isGreaterThan(alpha / 4);
    }

    @Test
    void theCheckSeesABoundThatIsTooHigh() {
        int n = 301;
        double worst = 0;
        for (int i = 1; i < 400; i++) {
            worst = Math.max(worst, failure(k -> 1.01 * ClopperPearson.lower(k, n, .03), n, i / 400.0));
        }
        assertThat(worst).isGreaterThan(.03);
    }

    @Test
    void noSuccessBoundsNothing() {
        assertThat(ClopperPearson.lower(0, 10, .01)).isZero();
        assertThat(new SmoothedRadius(0, 0, 10, 0, 1, .01).abstains()).isTrue();
    }
}
