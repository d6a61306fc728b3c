package org.jacreg.bounds.certify.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.distribution.WeibullDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fits of samples whose distribution is known. */
class ReverseWeibullTest {

    private static double[] sample(double location, double shape, double scale, int n, int seed) {
        return Arrays.stream(new WeibullDistribution(new Well19937c(seed), shape, scale).sample(n))
                .map(t -> location - t)
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"10, 2.5, 1", "10, 5, 1", "3, 3, 0.01", "1e6, 4, 1e5"})
    void findsTheLocation(double location, double shape, double scale) {
        LipschitzEstimate fit = ReverseWeibull.fit(sample(location, shape, scale, 2000, 1));
        assertThat(fit.source()).isEqualTo(LipschitzEstimate.Source.FITTED_LOCATION);
        // the error of the location falls with the root of the sample's size: about 0.02 scales here
        assertThat(fit.value()).isCloseTo(location, within(0.1 * scale));
        assertThat(fit.value()).isGreaterThanOrEqualTo(fit.largestSampled());
        assertThat(fit.shape()).isCloseTo(shape, within(0.15 * shape));
        assertThat(fit.pValue()).isGreaterThan(0.01);
    }

    @Test
    void likelihoodIsAtItsMaximum() {
        double[] maxima = sample(2, 3, 1, 500, 7);
        LipschitzEstimate fit = ReverseWeibull.fit(maxima);
        double best = likelihood(maxima, fit.value(), fit.shape());
        for (double nudge : new double[] {-1e-3, 1e-3}) {
            assertThat(likelihood(maxima, fit.value() + nudge, fit.shape())).isLessThan(best);
            assertThat(likelihood(maxima, fit.value(), fit.shape() + nudge)).isLessThan(best);
        }
    }

    /** The density written out, with the best scale for location and shape. */
    private static double likelihood(double[] maxima, double location, double shape) {
        double mean = Arrays.stream(maxima)
                .map(y -> Math.pow(location - y, shape))
                .average()
                .orElseThrow();
        double scale = Math.pow(mean, 1 / shape);
        return Arrays.stream(maxima)
                .map(y -> {
                    double u = (location - y) / scale;
                    return Math.log(shape / scale) + (shape - 1) * Math.log(u) - Math.pow(u, shape);
                })
                .sum();
    }

    @Test
    void equalMaximaAreTheConstant() {
        LipschitzEstimate fit = ReverseWeibull.fit(new double[] {3, 3, 3 - 1e-9});
        assertThat(fit.value()).isEqualTo(3);
        assertThat(fit.source()).isEqualTo(LipschitzEstimate.Source.EQUAL_MAXIMA);
        assertThat(ReverseWeibull.fit(new double[5]).value()).isZero();
    }

    @Test
    void badFitsFallBackToTheLargestMaximum() {
        Random random = new Random(2);
        double[] twoHeaps = new double[500];
        for (int i = 0; i < twoHeaps.length; i++) {
            twoHeaps[i] = (i % 2 == 0 ? 1 : 5) + 0.01 * random.nextDouble();
        }
        LipschitzEstimate fit = ReverseWeibull.fit(twoHeaps);
        assertThat(fit.source()).isEqualTo(LipschitzEstimate.Source.LARGEST_MAXIMUM);
        assertThat(fit.value()).isEqualTo(Arrays.stream(twoHeaps).max().orElseThrow());
    }
}
