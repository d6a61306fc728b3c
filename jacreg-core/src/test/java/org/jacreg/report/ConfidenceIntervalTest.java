package org.jacreg.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfidenceIntervalTest {

    /** One-sided lower bounds at level alpha, computed independently: two-sided with confidence 1 - 2 alpha. */
    @ParameterizedTest
    @CsvSource({
        "100000, 100000, .001, 0.9999309248",
        "99000, 100000, .001, 0.9889893404",
        "60000, 100000, .001, 0.5952010473",
        "990, 1000, .001, 0.9760361872",
        "10, 10, .05, 0.7411344491"
    })
    void lowerEndAgreesWithKnownValues(long successes, long trials, double alpha, double expected) {
        ConfidenceInterval interval = ConfidenceInterval.clopperPearson(successes, trials, 1 - 2 * alpha);
        // commons-math solves quantiles to 1e-9; the values are given to ten digits
        assertThat(interval.lower()).isCloseTo(expected, offset(2e-9));
    }

    /** The ends are where a tail of the binomial distribution has probability alpha / 2. */
    @ParameterizedTest
    @CsvSource({"3, 17, .95", "1, 200, .99", "150, 200, .9"})
    void endsBalanceTheTails(int successes, int trials, double confidence) {
        ConfidenceInterval interval = ConfidenceInterval.clopperPearson(successes, trials, confidence);
        double tail = (1 - confidence) / 2;
        double atLeast =
                1 - new BinomialDistribution(null, trials, interval.lower()).cumulativeProbability(successes - 1);
        double atMost = new BinomialDistribution(null, trials, interval.upper()).cumulativeProbability(successes);
        // quantiles to 1e-9 through a slope below 100
        assertThat(atLeast).isCloseTo(tail, offset(1e-7));
        assertThat(atMost).isCloseTo(tail, offset(1e-7));
    }

    @Test
    void noneAndAllHaveOneFreeEnd() {
        assertThat(ConfidenceInterval.clopperPearson(0, 50, .95).lower()).isZero();
        assertThat(ConfidenceInterval.clopperPearson(50, 50, .95).upper()).isEqualTo(1);
        double none = ConfidenceInterval.clopperPearson(0, 50, .95).upper();
        // closed form 1 - (alpha / 2)^(1 / n)
        assertThat(none).isCloseTo(1 - Math.pow(.025, 1.0 / 50), offset(2e-9));
        assertThat(ConfidenceInterval.clopperPearson(50, 50, .95).lower()).isCloseTo(1 - none, offset(2e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1, 2, Double.NaN})
    void refusesAConfidenceThatIsNone(double confidence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfidenceInterval.clopperPearson(1, 2, confidence))
                .withMessageContaining("confidence must lie in (0, 1), got " + confidence);
    }

    @ParameterizedTest
    @CsvSource({"-1, 5", "6, 5", "0, 0"})
    void refusesCountsThatAreNone(long successes, long trials) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfidenceInterval.clopperPearson(successes, trials, .95))
                .withMessageContaining("got " + successes + " of " + trials);
    }
}
