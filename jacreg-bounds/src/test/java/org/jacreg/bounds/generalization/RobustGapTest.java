package org.jacreg.bounds.generalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.RademacherSum;
import org.junit.jupiter.api.Test;

class RobustGapTest {

    private static final double ROUNDING = 1e-11;

    private static GeneralizationBound l2(double epsilon, NetworkNorms norms, double b, long n) {
        return RobustGap.l2(epsilon).grid(UnionGrid.fixedInAdvance()).build().bound(norms, b, n);
    }

    @Test
    void publishedOracleAndEveryOtherTermByHand() {
        GeneralizationBound bound = l2(0.5, ExampleNetworks.mlp(), 9.2, 60000);
        // half of the last digit printed
        assertThat(bound.term("R(Jacobian), closed form")).isCloseTo(117.33, within(5e-3));
        assertThat(bound.term("R(Jacobian), radius")).isCloseTo(3, within(ROUNDING));
        assertThat(bound.term("R(Jacobian)")).isCloseTo(3, within(ROUNDING));
        double slope = 2 * 5 * 3;
        double loss = 12 * Math.sqrt(2) * 9.2 * Math.sqrt(89400 * (1 + Math.log(1 + slope)) / 60000);
        assertThat(bound.term("R(loss), closed form")).isCloseTo(loss, within(ROUNDING * loss));
        double range = Math.log(10) + Math.sqrt(2) * 9.2 + 0.5 * Math.sqrt(2) * 3;
        assertThat(bound.term("M")).isCloseTo(range, within(ROUNDING * range));
        double deviation = 3 * range * Math.sqrt(Math.log(2 / 0.05) / 120000);
        assertThat(bound.term("deviation")).isCloseTo(deviation, within(ROUNDING));
        double sum = 2 * Math.sqrt(2) * 9.2 + 2 * 0.5 * Math.sqrt(2) * 3 + deviation;
        assertThat(bound.value()).isCloseTo(sum, within(1e-9));
        assertThat(bound.vacuous()).isTrue();
        assertThat(bound.toString()).contains("VACUOUS").contains("R(Jacobian)").contains("assumed");
    }

    @Test
    void linfCountsTheSumOfAbsoluteEntries() {
        GeneralizationBound two = l2(0.1, ExampleNetworks.mlp(), 9.2, 60000);
        GeneralizationBound inf =
                RobustGap.linf(0.1).grid(UnionGrid.fixedInAdvance()).build().bound(ExampleNetworks.mlp(), 9.2, 60000);
        double factor = Math.sqrt(784 * 10.0);
        assertThat(inf.term("R(Jacobian), closed form"))
                .isCloseTo(factor * two.term("R(Jacobian), closed form"), within(1e-6));
        assertThat(inf.term("Q")).isCloseTo(factor * two.term("Q"), within(1e-9));
        assertThat(inf.term("c")).isEqualTo(1);
        assertThat(inf.term("second order")).isCloseTo(784 * two.term("second order"), within(1e-9));
        assertThat(inf.name()).contains("l_inf");
    }

    @Test
    void saysSomethingOfASmallNetworkOnALargeSample() {
        GeneralizationBound bound = l2(0.1, ExampleNetworks.tiny(), 1, 10_000_000);
        assertThat(bound.vacuous()).isFalse();
        assertThat(bound.value()).isLessThan(0.1);
        // the closed form and the integral, one above the other
        assertThat(bound.term("R(loss), integral")).isLessThanOrEqualTo(bound.term("R(loss), closed form") * 1.001);
    }

    @Test
    void jacobianComplexityOfLinearNetworksIsAboveTheExactOne() {
        // f(x) = Wx with ||W||_F <= 1: the class of constants in [0, 1] has complexity E|S_n| / (2n)
        for (int n : new int[] {2, 10, 100, 10000}) {
            double exact = RademacherSum.expectedAbsolute(n) / (2.0 * n);
            GeneralizationBound bound = l2(0.1, ExampleNetworks.tiny(), 1, n);
            assertThat(bound.term("R(Jacobian)")).isGreaterThan(exact);
            assertThat(bound.term("R(Jacobian), integral")).isGreaterThan(exact);
            assertThat(bound.term("R(Jacobian), closed form")).isGreaterThan(exact);
        }
    }

    @Test
    void secondOrderTermBoundsWhatTheFirstOrderMisses() {
        // one input, two tanh units, two logits; the true maximum over the interval by a fine search
        Random random = new Random(7);
        double worst = 0;
        for (int k = 0; k < 300; k++) {
            double[] u = {random.nextGaussian(), random.nextGaussian()};
            double[] v = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            double first = Math.hypot(u[0], u[1]);
            double frobenius = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + v[3] * v[3]);
            NetworkNorms norms = NetworkNorms.of(
                    List.of(
                            ExampleNetworks.layer(first, first, first * 2, 1, 2),
                            ExampleNetworks.layer(frobenius, frobenius, frobenius * 2, 2, 2)),
                    1,
                    ExampleNetworks.BETA);
            double epsilon = 0.05 + random.nextDouble();
            double x = 2 * random.nextGaussian();
            double h = 1e-6;
            double slope = (loss(u, v, x + h) - loss(u, v, x - h)) / (2 * h);
            double largest = 0;
            for (int i = -200; i <= 200; i++) {
                largest = Math.max(largest, loss(u, v, x + epsilon * i / 200));
            }
            double missed = largest - loss(u, v, x) - epsilon * Math.abs(slope);
            double allowed = l2(epsilon, norms, 10, 5).term("second order");
            worst = Math.max(worst, missed / allowed);
        }
        // central differences err by 1e-9
        assertThat(worst).isBetween(0.01, 1 + 1e-6);
    }

    private static double loss(double[] u, double[] v, double x) {
        double a = Math.tanh(u[0] * x);
        double b = Math.tanh(u[1] * x);
        double difference = (v[2] - v[0]) * a + (v[3] - v[1]) * b;
        return Math.log1p(Math.exp(difference));
    }

    @Test
    void reluNetworksTakeTheCountOfPatterns() {
        NetworkNorms relu = ExampleNetworks.deep(1, 1.5, ExampleNetworks.INF);
        GeneralizationBound bound = RobustGap.l2(0.1).relu().build().bound(relu, 1, 100_000_000);
        assertThat(bound.term("R(Jacobian), closed form")).isInfinite();
        assertThat(bound.term("second order")).isInfinite();
        assertThat(bound.term("R(Jacobian), integral")).isLessThan(bound.term("R(Jacobian), radius"));
        assertThat(bound.vacuous()).isFalse();
        assertThat(bound.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("max pooling"));
    }

    @Test
    void theGridCostsALittle() {
        GeneralizationBound fixed = l2(0.1, ExampleNetworks.tiny(), 1, 1_000_000);
        GeneralizationBound seen = RobustGap.l2(0.1).build().bound(ExampleNetworks.tiny(), 1, 1_000_000);
        assertThat(seen.value()).isBetween(fixed.value(), 1.3 * fixed.value());
        assertThat(seen.term("grid")).isPositive();
        assertThat(fixed.term("grid")).isZero();
        assertThat(fixed.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("fixed before the sample"));
        assertThat(seen.assumed()).noneSatisfy(a -> assertThat(a.statement()).contains("fixed before the sample"));
    }

    @Test
    void normsThatOverflowGiveAnInfiniteBoundAndNoNan() {
        NetworkNorms huge = ExampleNetworks.deep(1e200, 1e200, 0.5);
        GeneralizationBound bound = l2(0.1, huge, 1, 100);
        assertThat(bound.value()).isInfinite();
        assertThat(bound.vacuous()).isTrue();
        // the product fits a double, the slope of the cover does not
        GeneralizationBound large = l2(0.1, ExampleNetworks.deep(1e140, 1e140, 0.5), 1, 100);
        assertThat(large.term("R(Jacobian), closed form")).isInfinite();
        assertThat(large.term("Q")).isFinite();
        assertThat(large.vacuous()).isTrue();
    }

    @Property(tries = 40, seed = "64")
    void growsWithEverythingThatMakesTheClassLargerAndFallsWithTheSample(
            @ForAll @DoubleRange(min = 0.1, max = 2) double s,
            @ForAll @DoubleRange(min = 1, max = 3) double factor,
            @ForAll @DoubleRange(min = 0, max = 1) double epsilon,
            @ForAll @IntRange(min = 2, max = 100_000) int n) {
        NetworkNorms norms = ExampleNetworks.deep(s, 1.5 * s, 0.7);
        double value = l2(epsilon, norms, 2, n).value();
        assertAtMost(value, l2(epsilon * factor, norms, 2, n).value());
        assertAtMost(
                value,
                l2(epsilon, ExampleNetworks.deep(s * factor, 1.5 * s * factor, 0.7), 2, n)
                        .value());
        assertAtMost(
                value,
                l2(epsilon, ExampleNetworks.deep(s, 1.5 * s * factor, 0.7), 2, n)
                        .value());
        assertAtMost(value, l2(epsilon, norms, 2 * factor, n).value());
        assertAtMost(l2(epsilon, norms, 2, 2L * n).value(), value);
        double surer = RobustGap.l2(epsilon)
                .delta(0.05 / factor)
                .grid(UnionGrid.fixedInAdvance())
                .build()
                .bound(norms, 2, n)
                .value();
        assertAtMost(value, surer);
    }

    private static void assertAtMost(double smaller, double larger) {
        assertThat(smaller).isLessThanOrEqualTo(larger * (1 + ROUNDING));
    }
}
