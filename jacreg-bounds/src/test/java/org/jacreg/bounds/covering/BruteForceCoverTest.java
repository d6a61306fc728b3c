package org.jacreg.bounds.covering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleBiFunction;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers found by hand in one and two dimensions are never larger than the bounds. */
class BruteForceCoverTest {

    private static final double[] SAMPLE = {-1, -0.6, -0.1, 0.3, 0.7, 1};

    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.5, 0.3, 0.15, 0.07})
    void ballsOfThePlane(double eps) {
        List<double[]> square = GreedyCover.square(1, 80);
        List<double[]> disc =
                square.stream().filter(v -> v[0] * v[0] + v[1] * v[1] <= 1).toList();
        List<double[]> diamond = square.stream()
                .filter(v -> Math.abs(v[0]) + Math.abs(v[1]) <= 1)
                .toList();
        // the greedy cover is a packing, which is what the volumes bound
        assertCovered(NormBalls.ball(2, 1), eps, square, GreedyCover::largest);
        assertCovered(NormBalls.ball(2, 1), eps, disc, GreedyCover::euclidean);
        assertCovered(NormBalls.ball(2, 1), eps, diamond, GreedyCover::absolute);
        assertCovered(NormBalls.l1BallInL2(2, 1), eps, diamond, GreedyCover::euclidean);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.21, 0.03, 0.001})
    void intervalsHaveAnExactCoveringNumber(double eps) {
        // [-1, 1] needs ceil(1/eps) intervals of radius eps
        double exact = Math.log(Math.ceil(1 / eps));
        assertThat(NormBalls.ball(1, 1).upperLog(eps)).isGreaterThanOrEqualTo(exact);
        assertThat(NormBalls.ball(1, 1).upperLog(eps)).isLessThanOrEqualTo(exact + Math.log(3) + 1e-12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.5, 0.3, 0.15})
    void linearFunctionsOfThePlane(double eps) {
        double[][] x = {{1, 0}, {0.6, -0.8}, {-0.3, 0.5}, {0.2, 0.9}};
        List<double[]> values = GreedyCover.square(1, 60).stream()
                .filter(w -> w[0] * w[0] + w[1] * w[1] <= 1)
                .map(w -> values(x, w))
                .toList();
        assertCovered(LinearCovers.linear(1, 1, 2), eps, values, GreedyCover::mean);
        // one output: the (2,1) norm of the column is its l2 norm
        double sampleNorm = Math.sqrt(1 + 1 + 0.34 + 0.85);
        CoveringNumber matrix = LinearCovers.matrix(1, sampleNorm, 2, 1, Double.POSITIVE_INFINITY);
        assertCovered(matrix, eps * 2, values, GreedyCover::euclidean);
        assertCovered(matrix.onSample(4), eps, values, GreedyCover::mean);
    }

    private static double[] values(double[][] x, double[] w) {
        double[] values = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            values[i] = w[0] * x[i][0] + w[1] * x[i][1];
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.2, 0.1})
    void networksOfOneUnit(double eps) {
        double beta = 4 / (3 * Math.sqrt(3));
        NetworkNorms tanh = NetworkNorms.of(List.of(scalar(1.5), scalar(2)), 1, beta);
        List<double[]> weights = GreedyCover.square(1, 100);
        List<double[]> outputs = weights.stream()
                .map(w -> overSample(x -> 2 * w[1] * Math.tanh(1.5 * w[0] * x)))
                .toList();
        List<double[]> slopes = weights.stream()
                .map(w -> overSample(x -> {
                    double t = Math.tanh(1.5 * w[0] * x);
                    return Math.abs(2 * w[1] * (1 - t * t) * 1.5 * w[0]);
                }))
                .toList();
        assertCovered(NetworkCovers.outputs(tanh, 1), eps, outputs, GreedyCover::largest);
        assertCovered(NetworkCovers.jacobian(tanh, 1, JacobianNorm.FROBENIUS), eps, slopes, GreedyCover::largest);
        CoveringNumber spectral = NetworkCovers.spectral(tanh, Math.sqrt(2 * 1 + 0.36 + 0.01 + 0.09 + 0.49));
        assertCovered(spectral, eps, outputs, GreedyCover::euclidean);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.2, 0.1})
    void reluNetworksOfOneUnit(double eps) {
        NetworkNorms relu = NetworkNorms.of(List.of(scalar(1.5), scalar(2)), 1, Double.POSITIVE_INFINITY);
        List<double[]> slopes = GreedyCover.square(1, 100).stream()
                .map(w -> overSample(x -> 1.5 * w[0] * x > 0 ? Math.abs(3 * w[0] * w[1]) : 0))
                .toList();
        CoveringNumber cover = NetworkCovers.jacobianOfRelu(relu, SAMPLE.length, JacobianNorm.FROBENIUS);
        assertCovered(cover, eps, slopes, GreedyCover::mean);
    }

    @Test
    void theCheckFindsACoverThatIsTooSmall() {
        List<double[]> square = GreedyCover.square(1, 40);
        CoveringNumber tooSmall =
                CoveringNumber.of(Metric.NORM, 2, "too small", "test", eps -> 0.5 * Math.log(1 + 2 / eps));
        int size = GreedyCover.size(square, 0.1, GreedyCover::largest);
        assertThat(Math.log(size)).isGreaterThan(tooSmall.upperLog(0.1));
    }

    private static double[] overSample(DoubleUnaryOperator f) {
        return Arrays.stream(SAMPLE).map(f).toArray();
    }

    private static LayerNorms scalar(double norm) {
        return new LayerNorms("w", norm, norm, norm, norm, norm, 1, 1, 1);
    }

    private static void assertCovered(
            CoveringNumber cover, double eps, List<double[]> points, ToDoubleBiFunction<double[], double[]> distance) {
        int size = GreedyCover.size(points, eps, distance);
        // from the radius on one ball is enough, but greedy centres are not the best centres
        double bound = eps >= cover.radius() ? cover.upperLog(cover.radius() * 0.999999) : cover.upperLog(eps);
        assertThat(Math.log(size)).as("%s at %s", cover.formula(), eps).isLessThanOrEqualTo(bound);
    }
}
