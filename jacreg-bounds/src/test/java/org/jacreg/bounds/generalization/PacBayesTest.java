package org.jacreg.bounds.generalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.analysis.integration.SimpsonIntegrator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.LpNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacBayesTest {

    private static final UnionGrid FIXED = UnionGrid.fixedInAdvance();

    @Test
    void mcAllesterByHand() {
        GeneralizationBound bound = PacBayes.mcAllester(7, 0.1, 5000, 0.05);
        double gap = 2 * Math.sqrt(2 * (7 + Math.log(10000 / 0.05)) / 4999);
        assertThat(bound.value()).isCloseTo(0.1 + gap, within(1e-12));
        assertThat(bound.term("gap")).isCloseTo(gap, within(1e-12));
        assertThat(bound.vacuous()).isFalse();
        assertThat(PacBayes.mcAllester(Double.POSITIVE_INFINITY, 0.1, 5000, 0.05)
                        .vacuous())
                .isTrue();
    }

    @Test
    void maurerInvertsTheDivergenceOfCoins() {
        // no empirical error: kl(0 || L) = -ln(1 - L)
        double budget = (7 + Math.log(2 * Math.sqrt(5000) / 0.05)) / 5000;
        assertThat(PacBayes.maurer(7, 0, 5000, 0.05).value()).isCloseTo(-Math.expm1(-budget), within(1e-11));
        double value = PacBayes.maurer(7, 0.3, 5000, 0.05).value();
        double kl = 0.3 * Math.log(0.3 / value) + 0.7 * Math.log(0.7 / (1 - value));
        assertThat(kl).isBetween(budget, budget + 1e-11);
        assertThat(PacBayes.maurer(7, 1, 5000, 0.05).value()).isEqualTo(1);
        assertThat(PacBayes.maurer(Double.POSITIVE_INFINITY, 0.5, 5000, 0.05).value())
                .isEqualTo(1);
    }

    @Property(tries = 200, seed = "60")
    void maurerIsTighter(
            @ForAll @DoubleRange(min = 0, max = 500) double divergence,
            @ForAll @DoubleRange(min = 0, max = 1) double empirical,
            @ForAll @IntRange(min = 8, max = 100_000) int n) {
        double maurer = PacBayes.maurer(divergence, empirical, n, 0.05).value();
        assertThat(maurer)
                .isLessThanOrEqualTo(
                        PacBayes.mcAllester(divergence, empirical, n, 0.05).value());
        assertThat(maurer).isBetween(empirical, 1.0);
        // by Pinsker's inequality kl >= 2 (L - L^)^2
        double log = Math.log(2 * Math.sqrt(n) / 0.05);
        assertThat(maurer).isLessThanOrEqualTo(empirical + Math.sqrt((divergence + log) / (2.0 * n)) + 1e-9);
    }

    @Test
    void gaussianDivergenceAgainstQuadrature() {
        NormalDistribution p = new NormalDistribution(0, 0.7);
        NormalDistribution q = new NormalDistribution(1.3, 0.7);
        double integral = new SimpsonIntegrator(1e-10, 1e-12, 5, 30)
                .integrate(10_000_000, t -> q.density(t) * (q.logDensity(t) - p.logDensity(t)), -6, 9);
        assertThat(PacBayes.gaussianDivergence(1.3, 0.7)).isCloseTo(integral, within(1e-8));
    }

    /** A plain network of ReLU units on rows of weights. */
    private static double[] output(RealMatrix[] weights, double[] x) {
        double[] h = x;
        for (int l = 0; l < weights.length; l++) {
            h = weights[l].operate(h);
            for (int i = 0; l < weights.length - 1 && i < h.length; i++) {
                h[i] = Math.max(0, h[i]);
            }
        }
        return h;
    }

    private static RealMatrix gaussian(Random random, int rows, int columns, double sigma) {
        RealMatrix m = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                m.setEntry(i, j, sigma * random.nextGaussian());
            }
        }
        return m;
    }

    @Test
    void halfOfThePerturbationsLeaveTheOutputsWithinAQuarterOfTheMargin() {
        // the condition of the lemma, simulated: tau and the norms give the deviations of each layer
        Random random = new Random(5);
        int[] sizes = {6, 8, 5, 3};
        double inputNorm = 2;
        double gamma = 1.5;
        RealMatrix[] weights = new RealMatrix[3];
        LayerNorms[] layers = new LayerNorms[3];
        for (int l = 0; l < 3; l++) {
            weights[l] = gaussian(random, sizes[l + 1], sizes[l], 0.6);
            double s = new SingularValueDecomposition(weights[l]).getNorm() * (1 + 1e-12);
            double m = weights[l].getFrobeniusNorm();
            layers[l] = ExampleNetworks.layer(s, m, m * 3, sizes[l], sizes[l + 1]);
        }
        NetworkNorms norms = NetworkNorms.of(List.of(layers), 1, ExampleNetworks.INF);
        GeneralizationBound bound = PacBayesSpectral.delta(0.05)
                .grid(FIXED)
                .bound(norms, inputNorm, ExampleNetworks.margins(1000, 2), gamma);
        double tail = Math.sqrt(2 * Math.log(6));
        double divergence = 0;
        double[] sigma = new double[3];
        for (int l = 0; l < 3; l++) {
            sigma[l] =
                    bound.term("tau") * layers[l].operator() / (Math.sqrt(sizes[l]) + Math.sqrt(sizes[l + 1]) + tail);
            divergence += Math.pow(layers[l].frobenius() / sigma[l], 2) / 2;
        }
        assertThat(bound.term("KL")).isCloseTo(divergence, within(1e-9 * divergence));
        double gap = 4 * Math.sqrt((divergence + Math.log(6000 / 0.05)) / 999);
        assertThat(bound.term("gap")).isCloseTo(gap, within(1e-9 * gap));
        int good = 0;
        for (int k = 0; k < 400; k++) {
            RealMatrix[] moved = new RealMatrix[3];
            for (int l = 0; l < 3; l++) {
                moved[l] = weights[l].add(gaussian(random, sizes[l + 1], sizes[l], sigma[l]));
            }
            good += largestChange(weights, moved, random, inputNorm) < gamma / 4 ? 1 : 0;
        }
        // the telescoping is loose: nearly all are good, and half are asked for
        assertThat(good).isGreaterThan(200);
        // a check that can fail: a hundred times the deviation moves the outputs further
        for (int l = 0; l < 3; l++) {
            weights[l] = weights[l].copy();
            weights[l] = weights[l].add(gaussian(random, sizes[l + 1], sizes[l], 0));
        }
        RealMatrix[] far = new RealMatrix[3];
        for (int l = 0; l < 3; l++) {
            far[l] = weights[l].add(gaussian(random, sizes[l + 1], sizes[l], 100 * sigma[l]));
        }
        assertThat(largestChange(weights, far, random, inputNorm)).isGreaterThan(gamma / 4);
    }

    private static double largestChange(RealMatrix[] weights, RealMatrix[] moved, Random random, double inputNorm) {
        double largest = 0;
        for (int i = 0; i < 50; i++) {
            double[] x = random.doubles(6, -1, 1).toArray();
            double length = 0;
            for (double v : x) {
                length += v * v;
            }
            for (int j = 0; j < x.length; j++) {
                x[j] *= inputNorm / Math.sqrt(length);
            }
            double[] a = output(weights, x);
            double[] b = output(moved, x);
            for (int c = 0; c < a.length; c++) {
                largest = Math.max(largest, Math.abs(a[c] - b[c]));
            }
        }
        return largest;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 4, Double.POSITIVE_INFINITY})
    void theAttackReachesAsFarAsTheBallDoesInL2(double p) {
        double epsilon = 0.3;
        NetworkNorms norms = ExampleNetworks.deep(1, 1.5, ExampleNetworks.INF);
        Margins margins = ExampleNetworks.margins(100, 1);
        GeneralizationBound bound = PacBayesSpectral.delta(0.05)
                .grid(FIXED)
                .attack(new LpNorm(p), epsilon)
                .bound(norms, 2, margins, 1);
        // the longest vector of the unit ball in R^4: e_1 for p <= 2, else the one of equal entries
        double longest = p <= 2 ? 1 : Math.sqrt(4) / (Double.isInfinite(p) ? 1 : Math.pow(4, 1 / p));
        assertThat(bound.term("B")).isCloseTo(2 + epsilon * longest, within(1e-12));
        assertThat(bound.quantity()).contains("robust");
        // the adversarial bound is the standard one of the larger inputs
        GeneralizationBound wider =
                PacBayesSpectral.delta(0.05).grid(FIXED).bound(norms, 2 + epsilon * longest, margins, 1);
        assertThat(bound.value()).isCloseTo(wider.value(), within(1e-9 * wider.value()));
        assertThat(bound.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("certificates"));
    }

    @Test
    void saysSomethingOfASmallNetwork() {
        GeneralizationBound bound =
                PacBayesSpectral.delta(0.05).bound(ExampleNetworks.tiny(), 1, ExampleNetworks.margins(200_000, 2));
        assertThat(bound.vacuous()).isFalse();
        // Phi of the papers, by hand: one layer of Frobenius norm 1
        assertThat(bound.term("Phi")).isCloseTo(1, within(1e-9));
    }

    @Property(tries = 60, seed = "61")
    void growsWithNormsAndAttackAndFallsWithMarginAndSample(
            @ForAll @DoubleRange(min = 0.1, max = 3) double s,
            @ForAll @DoubleRange(min = 1, max = 3) double factor,
            @ForAll @IntRange(min = 2, max = 5000) int n) {
        Margins margins = ExampleNetworks.margins(n, 5);
        PacBayesSpectral theorem = PacBayesSpectral.delta(0.05).grid(FIXED);
        double value =
                theorem.bound(ExampleNetworks.deep(s, s, 1), 1, margins, 1).value();
        assertAtMost(
                value,
                theorem.bound(ExampleNetworks.deep(s, s * factor, 1), 1, margins, 1)
                        .value());
        assertAtMost(
                value,
                theorem.bound(ExampleNetworks.deep(s, s, 1), factor, margins, 1).value());
        assertAtMost(
                theorem.bound(ExampleNetworks.deep(s, s, 1), 1, margins, factor).value(), value);
        assertAtMost(
                value,
                theorem.attack(LpNorm.LINF, factor - 1)
                        .bound(ExampleNetworks.deep(s, s, 1), 1, margins, 1)
                        .value());
        // the last layer and the margin scaled together
        NetworkNorms scaled = NetworkNorms.of(
                List.of(
                        ExampleNetworks.deep(s, s, 1).layers().get(0),
                        ExampleNetworks.layer(s * factor, s * factor, 9, 5, 3)),
                1,
                1);
        double same = theorem.bound(scaled, 1, ExampleNetworks.margins(n, 5 * factor), factor)
                .value();
        assertThat(same).isCloseTo(value, within(1e-9 * value));
    }

    private static void assertAtMost(double smaller, double larger) {
        assertThat(smaller).isLessThanOrEqualTo(larger * (1 + 1e-11));
    }

    @Test
    void badInput() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayes.mcAllester(1, 0.1, 1, 0.05))
                .withMessageContaining("sample size n: got 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayes.mcAllester(Double.NaN, 0.1, 10, 0.05))
                .withMessageContaining("KL(Q||P): got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayes.maurer(1, 1.5, 10, 0.05))
                .withMessageContaining("unbounded loss");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacBayes.maurer(1, 0.5, 7, 0.05))
                .withMessageContaining("at least 8");
        assertThatIllegalArgumentException().isThrownBy(() -> PacBayes.gaussianDivergence(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> PacBayes.gaussianDivergence(Double.NaN, 1));
    }
}
