package org.jacreg.bounds.covering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.junit.jupiter.api.Test;

/** What the covers of networks rest on, on 3000 pairs of random small tanh networks: no left side above its right side. */
class LemmaTest {

    private static final double BETA = 4 / (3 * Math.sqrt(3));
    private static final int PAIRS = 3000;

    /** The operator norms of Commons Math and a few sums of small numbers: far more than they err by. */
    private static final double ROUNDING = 1e-10;

    private static NetworkNorms classOf(TanhNet a, TanhNet b) {
        List<LayerNorms> layers = new ArrayList<>();
        for (int l = 0; l < a.weights().size(); l++) {
            RealMatrix v = a.weights().get(l);
            RealMatrix w = b.weights().get(l);
            double s = Math.max(TanhNet.operator(v), TanhNet.operator(w));
            double m = Math.max(v.getFrobeniusNorm(), w.getFrobeniusNorm());
            long in = v.getColumnDimension();
            long out = v.getRowDimension();
            layers.add(new LayerNorms("w" + l, s, m, m * Math.sqrt(out), m, m, in, out, in * out));
        }
        return NetworkNorms.of(layers, 1, BETA);
    }

    @Test
    void outputsAndJacobiansMoveNoMoreThanTheLemmasSay() {
        Random random = new Random(17);
        double outputs = 0;
        double jacobians = 0;
        double radius = 0;
        for (int k = 0; k < PAIRS; k++) {
            TanhNet a = TanhNet.random(random, 1 + random.nextInt(4), 4, Math.exp(random.nextGaussian() * 0.7));
            TanhNet b = a.near(random, Math.exp(-4 * random.nextDouble()));
            double inputNorm = 0.1 + 3 * random.nextDouble();
            RealVector x = TanhNet.onSphere(random, a.inputs(), inputNorm);
            LayerScales scales = LayerScales.of(classOf(a, b), inputNorm);
            double outputBound = 0;
            double jacobianBound = 0;
            for (int j = 0; j < scales.depth(); j++) {
                RealMatrix step = a.weights().get(j).subtract(b.weights().get(j));
                outputBound += inputNorm * scales.productWithout(j) * TanhNet.operator(step);
                jacobianBound += NetworkCovers.jacobianSlope(scales, j) * step.getFrobeniusNorm();
            }
            double moved = a.output(x).subtract(b.output(x)).getNorm();
            outputs = Math.max(outputs, moved / outputBound);
            RealMatrix difference = a.jacobian(x).subtract(b.jacobian(x));
            jacobians = Math.max(jacobians, difference.getFrobeniusNorm() / jacobianBound);
            radius = Math.max(radius, a.jacobian(x).getFrobeniusNorm() / scales.jacobianFrobenius());
        }
        // with one layer the lemmas hold with equality for x along the step, so the largest ratios come near 1
        assertThat(outputs).isBetween(0.5, 1 + ROUNDING);
        assertThat(jacobians).isBetween(0.5, 1 + ROUNDING);
        assertThat(radius).isBetween(0.5, 1 + ROUNDING);
    }

    @Test
    void theSmoothnessOfTanhIsNeededInFull() {
        // one unit of two inputs: J = (1 - tanh(3 u)^2) (u, 10) at x = (3, 0), steepest where tanh(3 u)^2 = 1/3
        LayerNorms first = new LayerNorms("w", Math.sqrt(101), Math.sqrt(101), 11, 11, 11, 2, 1, 2);
        NetworkNorms norms = NetworkNorms.of(List.of(first, scalar(1)), 1, BETA);
        NetworkNorms weak = NetworkNorms.of(norms.layers(), 1, 0.9 * BETA);
        double u = Math.log((Math.sqrt(3) + 1) / (Math.sqrt(3) - 1)) / 6;
        double step = 1e-4;
        double moved = 10 * Math.abs(gain(u + step) - gain(u - step)) / (2 * step);
        assertThat(moved).isLessThanOrEqualTo(NetworkCovers.jacobianSlope(LayerScales.of(norms, 3), 0));
        // with nine tenths of beta the Jacobian moves more than the formula allows: the check can fail
        assertThat(moved).isGreaterThan(NetworkCovers.jacobianSlope(LayerScales.of(weak, 3), 0));
    }

    private static double gain(double u) {
        double t = Math.tanh(3 * u);
        return 1 - t * t;
    }

    private static LayerNorms scalar(double norm) {
        return new LayerNorms("w", norm, norm, norm, norm, norm, 1, 1, 1);
    }

    @Test
    void patternsOfReluUnitsAreCounted() {
        // one unit w in R^2 on n points in general position: 2n cells of the plane and the rays between them
        int n = 8;
        Random random = new Random(3);
        double[][] x = new double[n][2];
        for (double[] point : x) {
            point[0] = random.nextGaussian();
            point[1] = random.nextGaussian();
        }
        long patterns = java.util.stream.IntStream.range(0, 100_000)
                .mapToObj(k -> {
                    StringBuilder pattern = new StringBuilder();
                    double angle = 2 * Math.PI * k / 100_000;
                    for (double[] point : x) {
                        pattern.append(point[0] * Math.cos(angle) + point[1] * Math.sin(angle) > 0 ? '+' : '-');
                    }
                    return pattern.toString();
                })
                .distinct()
                .count();
        assertThat(patterns).isEqualTo(2L * n);
        LayerNorms first = new LayerNorms("a", 1, 1, 1, 1, 1, 2, 1, 2);
        NetworkNorms relu = NetworkNorms.of(List.of(first, scalar(0)), 1, Double.POSITIVE_INFINITY);
        // with the weights at zero beyond the first layer only the patterns count, were it not for the radius
        NetworkNorms one = NetworkNorms.of(List.of(first, scalar(1)), 1, Double.POSITIVE_INFINITY);
        double counted =
                NetworkCovers.jacobianOfRelu(one, n, JacobianNorm.FROBENIUS).upperLog(0.999999);
        double weights = NetworkCovers.outputs(one, 1).upperLog(0.999999);
        assertThat(counted - weights).isGreaterThanOrEqualTo(Math.log(patterns));
        // 2 (2 e n / 2)^2 patterns, or 2^n: the smaller
        assertThat(counted - weights).isLessThanOrEqualTo(n * Math.log(2) + ROUNDING);
        assertThat(NetworkCovers.jacobianOfRelu(relu, n, JacobianNorm.FROBENIUS).radius())
                .isZero();
    }

    @Test
    void aLipschitzConstantOtherThanOneIsMovedIntoTheNextLayer() {
        // phi(t) = 3 tanh(t): the network with phi is the tanh network with the next weights times 3
        LayerNorms a = new LayerNorms("a", 2, 3, 4, 1, 1, 5, 6, 30);
        LayerNorms b = new LayerNorms("b", 1, 2, 3, 1, 1, 6, 4, 24);
        LayerNorms tripled = new LayerNorms("b", 3, 6, 9, 3, 3, 6, 4, 24);
        NetworkNorms tall = NetworkNorms.of(List.of(a, b), 3, 3 * BETA);
        NetworkNorms plain = NetworkNorms.of(List.of(a, tripled), 1, BETA);
        for (double eps : new double[] {0.01, 0.1, 1}) {
            assertClose(
                    NetworkCovers.outputs(tall, 2).upperLog(eps),
                    NetworkCovers.outputs(plain, 2).upperLog(eps));
            assertClose(
                    NetworkCovers.jacobian(tall, 2, JacobianNorm.L11).upperLog(eps),
                    NetworkCovers.jacobian(plain, 2, JacobianNorm.L11).upperLog(eps));
            assertClose(
                    NetworkCovers.spectral(tall, 2).upperLog(eps),
                    NetworkCovers.spectral(plain, 2).upperLog(eps));
        }
    }

    private static void assertClose(double value, double expected) {
        assertThat(value).isBetween(expected * (1 - 1e-12), expected * (1 + 1e-12));
    }
}
