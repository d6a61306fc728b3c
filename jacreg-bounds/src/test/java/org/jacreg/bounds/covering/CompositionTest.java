package org.jacreg.bounds.covering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of composition against covers found by hand, and what covers refuse. */
class CompositionTest {

    private static final double INF = Double.POSITIVE_INFINITY;

    /** The functions {@code x -> w x} on [-1, 1] for |w| at most the radius, in the uniform distance. */
    private static CoveringNumber lines(double radius) {
        CoveringNumber ball = NormBalls.ball(1, radius);
        return CoveringNumber.of(Metric.UNIFORM, radius, "lines", "test", ball::upperLog);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.4, 0.15})
    void sumsProductsAndCompositionsOfLines(double eps) {
        List<double[]> sums = new ArrayList<>();
        List<double[]> products = new ArrayList<>();
        List<double[]> compositions = new ArrayList<>();
        for (double[] w : GreedyCover.square(1, 60)) {
            double v = 2 * w[1];
            sums.add(new double[] {w[0] + v});
            products.add(new double[] {w[0] * v});
            // outer: z -> v tanh(z), Lipschitz with constant 2; inner: x -> w x
            compositions.add(new double[] {v * Math.tanh(w[0]), v * Math.tanh(w[0] / 2)});
        }
        assertCovered(lines(1).plus(lines(2)), eps, sums);
        assertCovered(lines(1).times(lines(2), 1, 2), eps, products);
        assertCovered(lines(2).after(lines(1), 2), eps, compositions);
    }

    private static void assertCovered(CoveringNumber cover, double eps, List<double[]> values) {
        int size = GreedyCover.size(values, eps, GreedyCover::largest);
        assertThat(eps).isLessThan(cover.radius());
        assertThat(Math.log(size)).as(cover.formula()).isLessThanOrEqualTo(cover.upperLog(eps));
    }

    @Test
    void metricsAreKeptApart() {
        CoveringNumber ball = NormBalls.ball(2, 1);
        CoveringNumber sum = LinearCovers.matrix(1, 2, 3, 4, INF);
        CoveringNumber mean = LinearCovers.linear(1, 1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mean.plus(sum))
                .withMessageContaining("got metric SAMPLE_SUM, wanted SAMPLE_MEAN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ball.onSample(3))
                .withMessageContaining("not of functions");
        assertThatIllegalArgumentException().isThrownBy(() -> ball.times(ball, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mean.after(mean, 1))
                .withMessageContaining("wanted UNIFORM");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lines(1).after(sum, 1))
                .withMessageContaining("onSample");
        assertThat(lines(1).after(mean, 1).metric()).isEqualTo(Metric.SAMPLE_MEAN);
        assertThat(sum.onSample(4).metric()).isEqualTo(Metric.SAMPLE_MEAN);
        assertThat(sum.onSample(4).radius()).isBetween(1.0, 1 + 1e-14);
        assertThat(sum.onSample(4).upperLog(0.5)).isEqualTo(sum.upperLog(1 - 1e-15));
        assertThat(lines(1).onSample(4).upperLog(0.5)).isEqualTo(lines(1).upperLog(0.5));
    }

    @Test
    void weightsOfOtherColumnNorms() {
        // s = 2, r = 2: the columns' number enters through m^(2/r) = m
        CoveringNumber two = LinearCovers.matrix(1, 1, 3, 4, 2);
        CoveringNumber one = LinearCovers.matrix(2, 1, 3, 4, INF);
        assertThat(two.radius()).isBetween(2.0, 2 + 1e-14);
        assertThat(two.upperLog(0.3)).isEqualTo(one.upperLog(0.3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void scale(double scale) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBalls.ball(2, 1).upperLog(scale))
                .withMessageContaining("scale of cover");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void factors(double factor) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lines(1).scaled(factor))
                .withMessageContaining("got " + factor);
        assertThatIllegalArgumentException().isThrownBy(() -> lines(1).lipschitz(factor));
        assertThatIllegalArgumentException().isThrownBy(() -> lines(1).after(lines(1), factor));
        assertThatIllegalArgumentException().isThrownBy(() -> lines(1).times(lines(1), factor, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> lines(1).times(lines(1), 1, factor));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void norms(double norm) {
        assertThatIllegalArgumentException().isThrownBy(() -> NormBalls.ball(1, norm));
        assertThatIllegalArgumentException().isThrownBy(() -> NormBalls.l1BallInL2(1, norm));
        assertThatIllegalArgumentException().isThrownBy(() -> LinearCovers.linear(norm, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> LinearCovers.linear(1, norm, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> LinearCovers.matrix(norm, 1, 1, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearCovers.matrix(1, 1, 1, 1, norm < 0 ? 0.5 : Double.NaN));
        NetworkNorms relu = relu();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.outputs(relu, norm))
                .withMessageContaining("norm B of the inputs: got " + norm);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.spectral(relu, norm))
                .withMessageContaining("||X||_F");
    }

    private static NetworkNorms relu() {
        LayerNorms layer = new LayerNorms("a", 1, 2, 3, 1, 1, 4, 4, 16);
        return NetworkNorms.of(List.of(layer, layer), 1, INF);
    }

    @Test
    void networksThatTheLemmasDoNotCover() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.jacobian(relu(), 1, JacobianNorm.FROBENIUS))
                .withMessageContaining("jacobianOfRelu");
        NetworkNorms softplus = new NetworkNorms(relu().layers(), 1, 0.25, Math.log(2), 1, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.outputs(softplus, 1))
                .withMessageContaining("activation's value at 0");
        NetworkNorms pooled = new NetworkNorms(relu().layers(), 1, 0.25, 0, 2, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.jacobian(pooled, 1, JacobianNorm.L11))
                .withMessageContaining("poolings");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.jacobianOfRelu(relu(), 0, JacobianNorm.L11))
                .withMessageContaining("sample size n: got 0");
        assertThatIllegalArgumentException().isThrownBy(() -> NormBalls.ball(0, 1));
    }

    @Test
    void biasesLengthenTheInputAndDoNotCountAsAttackable() {
        NetworkNorms with = new NetworkNorms(relu().layers(), 1, 0.5, 0, 1, true);
        NetworkNorms without = new NetworkNorms(relu().layers(), 1, 0.5, 0, 1, false);
        double b = Math.sqrt(3);
        assertThat(NetworkCovers.outputs(with, b).radius()).isBetween(2.0, 2 + 1e-14);
        assertThat(NetworkCovers.outputs(without, b).radius()).isEqualTo(b);
        // four inputs, one of them the constant: sqrt(K d) = sqrt(4 * 3)
        double ratio = NetworkCovers.jacobian(with, b, JacobianNorm.L11).radius()
                / NetworkCovers.jacobian(with, b, JacobianNorm.FROBENIUS).radius();
        assertThat(ratio).isBetween(Math.sqrt(12), Math.sqrt(12) * (1 + 1e-14));
    }

    @Test
    void aFormulaThatGivesNanIsFound() {
        CoveringNumber broken = CoveringNumber.of(Metric.UNIFORM, 1, "broken", "test", eps -> Double.NaN);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> broken.upperLog(0.5))
                .withMessageContaining("ln N came out as NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CoveringNumber.of(Metric.UNIFORM, Double.NaN, "f", "s", eps -> 1));
    }
}
