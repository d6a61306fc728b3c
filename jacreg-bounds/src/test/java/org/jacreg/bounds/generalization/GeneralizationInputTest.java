package org.jacreg.bounds.generalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.LpNorm;
import org.jacreg.bounds.rademacher.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The grid, the margins, and what bounds refuse. */
class GeneralizationInputTest {

    private static final Margins MARGINS = Margins.of(1, 2, 3);
    private static final UnionGrid FIXED = UnionGrid.fixedInAdvance();

    @Test
    void theWeightsOfTheGridSumToOne() {
        double sum = 0;
        for (int k = -100_000; k <= 100_000; k++) {
            sum += Math.exp(-UnionGrid.DEFAULT.at(k).logWeight());
        }
        // the rest is 4 / (3 * 100000)
        assertThat(sum).isBetween(1 - 2e-5, 1.0);
    }

    @Property(tries = 300, seed = "63")
    void theGridStandsAroundEveryNumber(
            @ForAll @DoubleRange(min = 0.01, max = 1e6) double x,
            @ForAll @DoubleRange(min = 1.01, max = 3) double ratio) {
        UnionGrid grid = UnionGrid.ratio(ratio);
        assertThat(grid.above(x).value()).isBetween(x, x * ratio * (1 + 1e-12));
        assertThat(grid.below(x).value()).isBetween(x / ratio * (1 - 1e-12), x);
        assertThat(grid.above(grid.at(5).value()).index()).isEqualTo(5);
        assertThat(grid.below(grid.at(-5).value()).index()).isEqualTo(-5);
    }

    @Test
    void aNormOfZeroHasAPlace() {
        assertThat(UnionGrid.DEFAULT.above(0).value()).isBetween(1e-9, 1.05e-9);
        assertThat(FIXED.above(0).value()).isZero();
        NetworkNorms zero = ExampleNetworks.deep(0, 0, 0.5);
        assertThat(RobustGap.l2(0.1).build().bound(zero, 1, 100).value()).isFinite();
        assertThat(RobustGap.l2(0.1).grid(FIXED).build().bound(zero, 1, 100).term("R(loss)"))
                .isZero();
        assertThat(SpectralMargin.delta(0.1)
                        .grid(FIXED)
                        .bound(zero, 1, MARGINS, 1)
                        .term("complexity"))
                .isZero();
        assertThat(PacBayesSpectral.delta(0.1)
                        .grid(FIXED)
                        .bound(zero, 1, MARGINS, 1)
                        .term("KL"))
                .isZero();
    }

    @Test
    void marginsByBruteForce() {
        Random random = new Random(2);
        double[] values = random.doubles(500, -1, 2).toArray();
        Margins margins = Margins.of(values);
        for (double gamma : new double[] {0.1, 0.7, 1.5, 5}) {
            double ramp = 0;
            double share = 0;
            for (double m : values) {
                ramp += Math.max(0, Math.min(1, 1 - m / gamma)) / 500;
                share += m <= gamma ? 1.0 / 500 : 0;
            }
            assertThat(margins.ramp(gamma)).isCloseTo(ramp, within(1e-12));
            assertThat(margins.shareAtMost(gamma)).isCloseTo(share, within(1e-12));
            assertThat(margins.ramp(gamma)).isLessThanOrEqualTo(margins.shareAtMost(gamma));
        }
        assertThat(margins.size()).isEqualTo(500);
        // no label is met: the search still ends
        assertThat(FrobeniusMargin.delta(0.1)
                        .bound(ExampleNetworks.tiny(), 1, Margins.of(-1, -2))
                        .vacuous())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, 2, Double.NaN})
    void delta(double delta) {
        String message = "probability of failure delta: got " + delta;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(0.1).delta(delta).build())
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(delta))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(delta))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayesSpectral.delta(delta))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearMargin.of(LpNorm.L2, delta))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayes.mcAllester(1, 0.1, 10, delta))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void gamma(double gamma) {
        String message = "margin gamma: got " + gamma;
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(0.1).bound(ExampleNetworks.tiny(), 1, MARGINS, gamma))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(0.1).bound(ExampleNetworks.tiny(), 1, MARGINS, gamma))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayesSpectral.delta(0.1).bound(ExampleNetworks.tiny(), 1, MARGINS, gamma))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        LinearMargin.of(LpNorm.L2, 0.1).bound(new double[] {1, 1}, x, new double[] {1, -1}, gamma))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MARGINS.ramp(gamma))
                .withMessageContaining(message);
    }

    @Test
    void samplesThatSayNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(Margins::of)
                .withMessageContaining("got 0, wanted at least 2; an empty sample");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Margins.of(1))
                .withMessageContaining("got 1, wanted at least 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Margins.of(1, Double.NaN))
                .withMessageContaining("margins[1]: got NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> MARGINS.shareAtMost(Double.NaN));
        for (long n : new long[] {0, 1, -5}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RobustGap.l2(0.1).build().bound(ExampleNetworks.mlp(), 1, n))
                    .withMessageContaining("sample size n: got " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void sizes(double size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(size).build())
                .withMessageContaining("epsilon: got " + size);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearMargin.of(LpNorm.L2, 0.1).linfAttack(size))
                .withMessageContaining("epsilon: got " + size);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayesSpectral.delta(0.1).attack(LpNorm.L2, size))
                .withMessageContaining("epsilon: got " + size);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.linf(0.1).lossLipschitz(size).build())
                .withMessageContaining("Lipschitz constant of the loss");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.linf(0.1).lossRange(size))
                .withMessageContaining("does not cover unbounded losses");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(0.1).build().bound(ExampleNetworks.mlp(), size, 10))
                .withMessageContaining("norm B of the inputs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayesSpectral.delta(0.1).bound(ExampleNetworks.mlp(), size, MARGINS, 1))
                .withMessageContaining("norm B of the inputs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(0.1).bound(ExampleNetworks.toy(), size, MARGINS, 1))
                .withMessageContaining("||X||_F");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(0.1).bound(ExampleNetworks.toy(), size, MARGINS, 1))
                .withMessageContaining("||X||_F");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UnionGrid.ratio(size))
                .withMessageContaining("ratio of the grid");
    }

    @Test
    void networksThatATheoremDoesNotCover() {
        NetworkNorms sigmoid = new NetworkNorms(ExampleNetworks.mlp().layers(), 0.25, 0.1, 0.5, 1, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(0.1).build().bound(sigmoid, 1, 10))
                .withMessageContaining("activation's value at 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayesSpectral.delta(0.1).bound(sigmoid, 1, MARGINS, 1))
                .withMessageContaining("activation's value at 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(0.1).bound(sigmoid, 1, MARGINS, 1))
                .withMessageContaining("activation's value at 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(0.1).bound(ExampleNetworks.mlp(), 1, MARGINS, 1))
                .withMessageContaining("peeling");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(0.1).build().bound(ExampleNetworks.toy(), 1, 10))
                .withMessageContaining("jacobianOfRelu");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(0.1).grid(FIXED).bound(ExampleNetworks.toy(), 1, MARGINS))
                .withMessageContaining("best margin cannot be looked for");
    }

    @Test
    void linearInputs() {
        LinearMargin linear = LinearMargin.of(LpNorm.L2, 0.1);
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        double[] y = {1, -1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> linear.bound(new double[] {1}, x, y))
                .withMessageContaining("got shape [2, 2] with 1 weights");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> linear.bound(new double[] {1, 1}, x, new double[] {1, 0}))
                .withMessageContaining("labels[1]: got 0.0");
        for (double w : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException().isThrownBy(() -> linear.bound(new double[] {0, w}, x, y, 1));
        }
        INDArray broken = Nd4j.createFromArray(new double[][] {{1, Double.NaN}, {3, 4}});
        assertThatIllegalArgumentException().isThrownBy(() -> linear.bound(new double[] {1, 1}, broken, y, 1));
    }

    @Test
    void recordsWithoutMeaning() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Term("t", Double.NaN, "m"));
        assertThatIllegalArgumentException().isThrownBy(() -> bound(Double.NaN, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> bound(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> bound(1, Double.NaN));
        GeneralizationBound bound = bound(0.5, 1);
        assertThat(bound.vacuous()).isFalse();
        assertThat(bound(1, 1).vacuous()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bound.term("missing"))
                .withMessageContaining("there is none; terms: [t]");
        assertThat(RobustGap.l2(0.1).build().toString()).contains("epsilon=0.1");
        assertThat(SpectralMargin.delta(0.1).toString()).contains("0.1").contains("ratio");
        assertThat(LinearMargin.of(LpNorm.L2, 0.1).grid(FIXED).toString()).contains("fixed in advance");
    }

    private static GeneralizationBound bound(double value, double trivial) {
        return new GeneralizationBound(
                "n", "q", value, trivial, "f", List.of(new Term("t", 1, "m")), List.of(), 0.1, 10, "s");
    }
}
