package org.jacreg.bounds.generalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.LinearClass;
import org.jacreg.bounds.rademacher.LpNorm;
import org.jacreg.bounds.rademacher.MonteCarloRademacher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Margin bounds that rest on Rademacher complexities: spectral, Frobenius, linear. */
class MarginBoundsTest {

    private static final UnionGrid FIXED = UnionGrid.fixedInAdvance();
    private static final double ROUNDING = 1e-10;

    @Test
    void publishedSpectralToy() {
        Margins margins = ExampleNetworks.margins(60000, 20);
        GeneralizationBound bound = SpectralMargin.delta(0.05)
                .grid(FIXED)
                .bound(ExampleNetworks.toy(), Math.sqrt(60000) * 9.2, margins, 10);
        // half of the last digit printed
        assertThat(bound.term("printed")).isCloseTo(492.48, within(5.1e-3));
        double product = 1.5 * 1.2 * 1.1;
        double sum = Math.pow(8 / 1.5, 2.0 / 3) + Math.pow(6 / 1.2, 2.0 / 3) + Math.pow(3 / 1.1, 2.0 / 3);
        assertThat(bound.term("R_A")).isCloseTo(product * Math.pow(sum, 1.5), within(1e-9));
        // complexity is cut at that of all functions into [0, 1]
        assertThat(bound.term("complexity")).isEqualTo(1);
        assertThat(bound.vacuous()).isTrue();
        assertThat(bound.term("empirical")).isZero();
    }

    @Test
    void saysSomethingOfASmallNetworkWithALargeMargin() {
        Margins margins = ExampleNetworks.margins(200_000, 2);
        GeneralizationBound spectral =
                SpectralMargin.delta(0.05).bound(ExampleNetworks.tiny(), Math.sqrt(200_000), margins);
        assertThat(spectral.vacuous()).isFalse();
        GeneralizationBound frobenius =
                FrobeniusMargin.delta(0.05).bound(ExampleNetworks.tiny(), Math.sqrt(200_000), margins);
        assertThat(frobenius.value()).isLessThan(0.1);
        // the best margin of the grid is no worse than another
        assertThat(frobenius.value())
                .isLessThanOrEqualTo(FrobeniusMargin.delta(0.05)
                        .bound(ExampleNetworks.tiny(), Math.sqrt(200_000), margins, 1)
                        .value());
        // margins of 2: gamma is the grid's number just below it, or a little larger with some ramp loss
        assertThat(frobenius.term("gamma")).isBetween(1.8, 2.2);
    }

    @Test
    void frobeniusByHand() {
        NetworkNorms relu = ExampleNetworks.deep(1, 1.5, ExampleNetworks.INF);
        Margins margins = Margins.of(-1, 0.5, 2, 3);
        GeneralizationBound bound = FrobeniusMargin.delta(0.1).grid(FIXED).bound(relu, 0.01, margins, 1);
        // rows of the last layer sum to 3
        double sum = 1.5 * 3 * (Math.sqrt(2 * Math.log(2) * 2) + 1) * 0.01 / 4;
        assertThat(bound.term("sum_k R(F_k)")).isCloseTo(sum, within(ROUNDING));
        double deviation = 3 * Math.sqrt(Math.log(20) / 8);
        assertThat(bound.value()).isCloseTo((1 + 0.5) / 4 + 4 * sum + deviation, within(ROUNDING));
        GeneralizationBound seen = FrobeniusMargin.delta(0.1).bound(relu, 0.01, margins, 1);
        // on the grid each of 3 classes counts with the whole norm of the last layer
        assertThat(seen.term("sum_k R(F_k)")).isBetween(sum * 1.5, sum * 1.5 * 1.05 * 1.05);
    }

    @ParameterizedTest
    @CsvSource({"20, 2", "100, 5"})
    void frobeniusIsAboveTheComplexityOfALinearClass(int n, int d) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, n, d);
        LayerNorms layer = ExampleNetworks.layer(1, 1, 1, d, 1);
        GeneralizationBound bound = FrobeniusMargin.delta(0.1)
                .grid(FIXED)
                .bound(
                        NetworkNorms.of(List.of(layer), 1, 0),
                        x.norm2Number().doubleValue(),
                        ExampleNetworks.margins(n, 1),
                        1);
        double upper = MonteCarloRademacher.seed(2)
                .draws(4000)
                .build()
                .estimate(LinearClass.l2(1), x)
                .guaranteedInterval(0.999)
                .upper();
        assertThat(bound.term("sum_k R(F_k)")).isGreaterThan(upper);
    }

    @Test
    void linearMarginsAreTheSmallestInTheBox() {
        double[] w = {1.5, -2, 0.5};
        double[][] points = {{1, 0.2, -0.3}, {-0.5, 1, 0.1}, {0.3, -0.4, 2}, {0.1, 0.1, 0.1}};
        double[] labels = {1, -1, 1, -1};
        double epsilon = 0.25;
        double[] smallest = new double[4];
        for (int i = 0; i < 4; i++) {
            smallest[i] = Double.POSITIVE_INFINITY;
            for (int corner = 0; corner < 8; corner++) {
                double sum = 0;
                for (int j = 0; j < 3; j++) {
                    sum += w[j] * (points[i][j] + epsilon * ((corner >> j & 1) == 0 ? 1 : -1));
                }
                smallest[i] = Math.min(smallest[i], labels[i] * sum);
            }
        }
        INDArray x = Nd4j.createFromArray(points);
        GeneralizationBound bound =
                LinearMargin.of(LpNorm.L2, 0.1).linfAttack(epsilon).grid(FIXED).bound(w, x, labels, 1.25);
        assertThat(bound.term("empirical")).isCloseTo(Margins.of(smallest).ramp(1.25), within(ROUNDING));
        assertThat(bound.term("W")).isCloseTo(Math.sqrt(6.5), within(ROUNDING));
        double frobenius = x.norm2Number().doubleValue();
        // E|S_4| = 1.5
        double complexity = Math.sqrt(6.5) * (frobenius / 4 + epsilon * Math.sqrt(3) * 1.5 / 8);
        assertThat(bound.term("R_S")).isCloseTo(complexity, within(1e-9));
        assertThat(bound.term("complexity")).isEqualTo(1);
    }

    @Test
    void linearErrorsStayBelowTheirBound() {
        // y = sign x_1 with a gap: the classifier e_1 has margin 1 and no error, under attacks of 0.5 as well
        Random random = new Random(11);
        int n = 20_000;
        double[][] points = new double[n][2];
        double[] labels = new double[n];
        for (int i = 0; i < n; i++) {
            labels[i] = random.nextBoolean() ? 1 : -1;
            points[i][0] = labels[i];
            points[i][1] = random.nextGaussian();
        }
        INDArray x = Nd4j.createFromArray(points);
        for (LpNorm norm : new LpNorm[] {LpNorm.L1, LpNorm.L2, LpNorm.LINF}) {
            GeneralizationBound standard = LinearMargin.of(norm, 0.05).bound(new double[] {1, 0}, x, labels);
            GeneralizationBound robust =
                    LinearMargin.of(norm, 0.05).linfAttack(0.5).bound(new double[] {1, 0}, x, labels);
            assertThat(standard.vacuous()).isFalse();
            assertThat(robust.vacuous()).isFalse();
            assertThat(robust.value()).isGreaterThan(standard.value());
            // label noise of 20 percent: the error is 0.2, and the bound cannot be below it
            double[] noisy = labels.clone();
            for (int i = 0; i < n; i += 5) {
                noisy[i] = -noisy[i];
            }
            assertThat(LinearMargin.of(norm, 0.05)
                            .bound(new double[] {1, 0}, x, noisy)
                            .value())
                    .isGreaterThan(0.2);
        }
    }

    @Property(tries = 60, seed = "62")
    void fallWithTheSampleAndGrowWithTheNorms(
            @ForAll @DoubleRange(min = 0.1, max = 2) double s,
            @ForAll @DoubleRange(min = 1, max = 3) double factor,
            @ForAll @IntRange(min = 2, max = 2000) int n) {
        NetworkNorms norms = ExampleNetworks.deep(s, s, ExampleNetworks.INF);
        NetworkNorms larger = ExampleNetworks.deep(s * factor, s * factor, ExampleNetworks.INF);
        Margins margins = ExampleNetworks.margins(n, 1);
        Margins doubled = ExampleNetworks.margins(2 * n, 1);
        double root = Math.sqrt(n);
        SpectralMargin spectral = SpectralMargin.delta(0.05).grid(FIXED);
        double value = spectral.bound(norms, root, margins, 0.5).value();
        assertAtMost(value, spectral.bound(larger, root, margins, 0.5).value());
        assertAtMost(spectral.bound(norms, root * Math.sqrt(2), doubled, 0.5).value(), value);
        FrobeniusMargin frobenius = FrobeniusMargin.delta(0.05).grid(FIXED);
        double other = frobenius.bound(norms, root, margins, 0.5).value();
        assertAtMost(other, frobenius.bound(larger, root, margins, 0.5).value());
        assertAtMost(frobenius.bound(norms, root * Math.sqrt(2), doubled, 0.5).value(), other);
        // scaling the last layer and the margin together changes nothing but rounding
        NetworkNorms scaled = NetworkNorms.of(
                List.of(norms.layers().get(0), ExampleNetworks.layer(s * factor, s * factor, 2 * s * factor, 5, 3)),
                1,
                ExampleNetworks.INF);
        Margins wider = ExampleNetworks.margins(n, factor);
        assertThat(frobenius.bound(scaled, root, wider, 0.5 * factor).value()).isCloseTo(other, within(ROUNDING));
        assertThat(spectral.bound(scaled, root, wider, 0.5 * factor).value()).isCloseTo(value, within(1e-6));
    }

    private static void assertAtMost(double smaller, double larger) {
        assertThat(smaller).isLessThanOrEqualTo(larger * (1 + ROUNDING));
    }
}
