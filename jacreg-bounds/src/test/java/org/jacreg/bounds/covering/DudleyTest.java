package org.jacreg.bounds.covering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.integration.SimpsonIntegrator;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.LinearClass;
import org.jacreg.bounds.rademacher.MonteCarloRademacher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DudleyTest {

    private static final double INF = Double.POSITIVE_INFINITY;

    private static LayerNorms layer(double s, double m, double b, long in, long out) {
        return new LayerNorms(in + "-" + out, s, m, b, INF == s ? 1 : s, s, in, out, in * out);
    }

    /** 784-100-100-10 with tanh, s = (1,1,1), m = (5,5,3). */
    private static NetworkNorms mlp() {
        return NetworkNorms.of(
                List.of(layer(1, 5, 5, 784, 100), layer(1, 5, 5, 100, 100), layer(1, 3, 3, 100, 10)),
                1,
                4 / (3 * Math.sqrt(3)));
    }

    @Test
    void publishedJacobianClass() {
        DudleyBound closed = NetworkComplexities.jacobian(mlp(), 9.2, JacobianNorm.FROBENIUS, 60000);
        assertThat(mlp().parameters()).isEqualTo(89400);
        assertThat(closed.radius()).isCloseTo(3, within(1e-12));
        // half of the last digit printed
        assertThat(closed.value()).isCloseTo(117.33, within(5e-3));
        assertThat(closed.cover()).contains("A = 1373.74");
        CoveringNumber cover = NetworkCovers.jacobian(mlp(), 9.2, JacobianNorm.FROBENIUS);
        DudleyBound numeric = Dudley.truncated(cover, 60000, 1e-9, 20000);
        // half of the last digit printed, and 0.01 for the upper sum
        assertThat(numeric.value()).isCloseTo(116.04, within(0.015));
        assertThat(closed.vacuous()).isTrue();
        assertThat(closed.best()).isEqualTo(closed.radius());
        DudleyBound l11 = NetworkComplexities.jacobian(mlp(), 9.2, JacobianNorm.L11, 60000);
        assertThat(l11.value()).isCloseTo(Math.sqrt(7840) * closed.value(), within(1e-9 * l11.value()));
    }

    @Test
    void publishedSpectralToy() {
        // gamma = 10, margin 2-Lipschitz, rho = 1
        NetworkNorms toy = NetworkNorms.of(
                List.of(layer(1.5, 8, 8, 784, 784), layer(1.2, 6, 6, 784, 784), layer(1.1, 3, 3, 784, 784)), 1, INF);
        long n = 60000;
        double root = NetworkCovers.spectralRoot(toy, Math.sqrt(n) * 9.2);
        assertThat(root).isCloseTo(373017.43, within(5.1e-3));
        double inMean = 2 * root / (10 * Math.sqrt(n));
        // alpha = 1/n in the sum over the sample is n^(-3/2) in the mean
        DudleyBound first = Dudley.inverseSquareAt(inMean, 1, n, Math.pow(n, -1.5));
        assertThat(2 * first.value()).isCloseTo(492.48, within(5.1e-3));
        // 6 Rbar > gamma n: the best cut is the radius
        assertThat(Dudley.inverseSquare(inMean, 1, n).value()).isEqualTo(4);
    }

    @Test
    void ceilingsAddAtMostOneOfEachLayer() {
        NetworkNorms toy = NetworkNorms.of(
                List.of(layer(1.5, 8, 8, 784, 784), layer(1.2, 6, 6, 784, 784), layer(1.1, 3, 3, 784, 784)), 1, INF);
        double root = NetworkCovers.spectralRoot(toy, 1);
        CoveringNumber cover = NetworkCovers.spectral(toy, 1);
        for (double eps = 1e-3; eps < cover.radius(); eps *= 1.3) {
            double printed = root * root / (eps * eps);
            assertThat(cover.upperLog(eps)).isGreaterThanOrEqualTo(printed * (1 - 1e-9));
            assertThat(cover.upperLog(eps)).isLessThanOrEqualTo(printed * (1 + 1e-9) + 3 * Math.log(2 * 784.0 * 784));
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 100, 1, 500", "50, 0.5, 2, 100", "1, 1000, 0.01, 10"})
    void upperSumsAreJustAboveQuadrature(double p, double slope, double radius, long n) {
        CoveringNumber cover = CoveringNumber.of(
                Metric.UNIFORM, radius, "p ln(1 + A/eps)", "test", eps -> p * Math.log1p(slope / eps));
        double alpha = radius / 1000;
        // in t = ln eps the integrand is smooth; both ends are finite
        UnivariateFunction integrand = t -> Math.exp(t) * Math.sqrt(p * Math.log1p(slope / Math.exp(t)));
        double integral = new SimpsonIntegrator(1e-12, 1e-14, 5, 40)
                .integrate(1_000_000, integrand, Math.log(alpha), Math.log(radius));
        double exact = 4 * alpha + 12 * integral / Math.sqrt(n);
        DudleyBound bound = Dudley.truncated(cover, n, alpha, 4000);
        assertThat(bound.value()).isBetween(exact, exact * 1.001);
        // a coarse grid is a bound as well, and a worse one
        DudleyBound coarse = Dudley.truncated(cover, n, alpha, 20);
        assertThat(coarse.value()).isGreaterThan(bound.value());
        // Jensen's closed form has no cut: it is above the whole integral
        double closed = Dudley.parametric(p, slope, radius, n).value();
        assertThat(closed).isGreaterThanOrEqualTo(bound.integral() * (1 - 1e-3));
        assertThat(Dudley.minimised(cover, n).value()).isLessThanOrEqualTo(bound.value() * 1.001);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 100", "0.1, 5, 1000", "2, 1, 400"})
    void theBestCutIsFound(double root, double radius, long n) {
        CoveringNumber cover =
                CoveringNumber.of(Metric.SAMPLE_MEAN, radius, "R^2/eps^2", "test", e -> root * root / (e * e));
        DudleyBound closed = Dudley.inverseSquare(root, radius, n);
        DudleyBound numeric = Dudley.minimised(cover, n);
        // the left ends of intervals of ratio 1.0037 exceed the integral of 1/eps by half of that share
        assertThat(numeric.value()).isBetween(closed.value() * (1 - 1e-12), closed.value() * 1.004);
        assertThat(Dudley.minimised(cover, n, 64).value()).isGreaterThanOrEqualTo(closed.value() * (1 - 1e-12));
        double cut = closed.alpha();
        for (double other : new double[] {cut / 2, Math.min(radius, cut * 1.5)}) {
            assertThat(Dudley.inverseSquareAt(root, radius, n, other).value())
                    .isGreaterThanOrEqualTo(closed.value() * (1 - 1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "50, 2", "400, 5"})
    void neverBelowTheComplexityOfALinearClass(int n, int d) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, n, d).muli(0.3);
        double largest = x.norm2(1).maxNumber().doubleValue();
        double estimate = MonteCarloRademacher.seed(5)
                .draws(4000)
                .build()
                .estimate(LinearClass.l2(1), x)
                .guaranteedInterval(0.999)
                .upper();
        CoveringNumber maurey = LinearCovers.linear(1, largest, d);
        assertThat(Dudley.minimised(maurey, n).value()).isGreaterThan(estimate);
        // the same class through the ball of its weights
        CoveringNumber weights = NormBalls.ball(d, 1);
        CoveringNumber volume = CoveringNumber.of(Metric.UNIFORM, 1, "ball", "test", weights::upperLog)
                .scaled(largest);
        assertThat(Dudley.minimised(volume, n).value()).isGreaterThan(estimate);
        assertThat(Dudley.parametric(d, 2 * largest, largest, n).value()).isGreaterThan(estimate);
    }

    @Test
    void aClassOfOneFunctionHasComplexityZero() {
        assertThat(Dudley.minimised(LinearCovers.linear(0, 3, 4), 10).value()).isZero();
        assertThat(Dudley.parametric(5, 0, 0, 10).value()).isZero();
        assertThat(Dudley.inverseSquare(0, 0, 10).value()).isZero();
    }

    @Test
    void onePointIsEnough() {
        // one sample: R_S <= radius, and the bound is finite
        DudleyBound bound = Dudley.minimised(LinearCovers.linear(1, 1, 2), 1);
        assertThat(bound.value()).isBetween(1.0, 4.0);
        assertThat(bound.best()).isEqualTo(1);
    }

    @Test
    void badInput() {
        CoveringNumber ball = NormBalls.ball(2, 1);
        CoveringNumber linear = LinearCovers.linear(1, 1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dudley.minimised(linear, 0))
                .withMessageContaining("sample size n: got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dudley.minimised(ball, 5))
                .withMessageContaining("got metric NORM");
        CoveringNumber infinite = CoveringNumber.of(Metric.UNIFORM, INF, "f", "s", e -> 1 / e);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dudley.minimised(infinite, 5))
                .withMessageContaining("radius of its class is infinite");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dudley.truncated(linear, 5, Double.NaN, 10))
                .withMessageContaining("got NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> Dudley.minimised(linear, 5, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Dudley.inverseSquareAt(1, 1, 5, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Dudley.inverseSquare(Double.NaN, 1, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> Dudley.parametric(-1, 1, 1, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> Dudley.parametric(1, Double.NaN, 1, 5));
        assertThat(Dudley.parametric(2, INF, INF, 5).value()).isInfinite();
        assertThat(Dudley.parametric(2, INF, 0, 5).value()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new DudleyBound(Double.NaN, 0, 0, 0, 0, "f", "c"));
    }
}
