package org.jacreg.bounds.measures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.bounds.covering.NetworkCovers;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.network.SlidingAxis;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Norm measures of networks small enough for hand and enumeration. */
class NormMeasuresTest {

    private static final ActivationFunction RELU = ActivationFunction.of(ActivationFunction.Kind.RELU);

    private static Map<String, Double> byName(List<Measure> measures) {
        return measures.stream().collect(Collectors.toMap(Measure::name, Measure::value));
    }

    private static LayeredNetwork diagonal(double a, double b, double c, double d) {
        return LayeredNetwork.of(List.of(
                new Affine("1", new double[][] {{a, 0}, {0, b}}, new double[2]),
                new Activation("r", RELU, 2),
                new Affine("2", new double[][] {{c, 0}, {0, d}}, new double[2])));
    }

    @Test
    void diagonalNetworkByHand() {
        Map<String, Double> m = byName(NormMeasures.of(diagonal(3, 4, 2, 1), diagonal(3, 3, 1, 1), 0.5));
        // s = (4, 2), m^2 = (25, 5), rows sum to (7, 3); distances: D^2 = (1, 1), rows (1, 1)
        assertThat(m.get("log prod spectral")).isCloseTo(Math.log(64), within(1e-8));
        assertThat(m.get("log prod spectral over margin")).isCloseTo(Math.log(256), within(1e-8));
        assertThat(m.get("log prod Frobenius")).isCloseTo(Math.log(125), within(1e-8));
        assertThat(m.get("sum of spectral")).isCloseTo(16, within(1e-6));
        assertThat(m.get("squared weights")).isCloseTo(30, within(1e-8));
        assertThat(m.get("stable ranks")).isCloseTo(25.0 / 16 + 5.0 / 4, within(1e-7));
        assertThat(m.get("Lipschitz constant")).isCloseTo(8, within(1e-7));
        assertThat(m.get("inverse margin squared")).isEqualTo(4);
        assertThat(m.get("parameters")).isEqualTo(8);
        assertThat(m.get("spectral complexity"))
                .isCloseTo(8 * Math.pow(Math.pow(7.0 / 4, 2.0 / 3) + Math.pow(1.5, 2.0 / 3), 1.5), within(1e-6));
        // paths: 3 2 and 4 1, squared 36 and 16
        assertThat(m.get("log path norm")).isCloseTo(Math.log(52), within(1e-12));
        assertThat(m.get("distance from initialisation")).isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat(m.get("distance over spectral")).isCloseTo(1.0 / 16 + 1.0 / 4, within(1e-8));
        assertThat(m.get("spectral complexity from initialisation"))
                .isCloseTo(8 * Math.pow(Math.pow(0.25, 2.0 / 3) + Math.pow(0.5, 2.0 / 3), 1.5), within(1e-6));
    }

    /** Every path of a 3-4-2 network, one by one, and those that start at a bias. */
    @Property(tries = 30, seed = "18")
    void pathNormCountsPaths(@ForAll long seed) {
        Random random = new Random(seed);
        double[][] w = new double[4][];
        double[][] v = new double[2][];
        for (int i = 0; i < 4; i++) {
            w[i] = random.doubles(3, -1, 1).toArray();
        }
        for (int i = 0; i < 2; i++) {
            v[i] = random.doubles(4, -1, 1).toArray();
        }
        double[] b = random.doubles(4, -1, 1).toArray();
        double[] c = random.doubles(2, -1, 1).toArray();
        double sum = 0;
        for (int k = 0; k < 2; k++) {
            sum += c[k] * c[k];
            for (int j = 0; j < 4; j++) {
                sum += Math.pow(v[k][j] * b[j], 2);
                for (int i = 0; i < 3; i++) {
                    sum += Math.pow(v[k][j] * w[j][i], 2);
                }
            }
        }
        List<Layer> layers = List.of(new Affine("w", w, b), new Activation("r", RELU, 4), new Affine("v", v, c));
        assertThat(LayeredNetwork.of(layers).logSquaredPathNorm()).isCloseTo(Math.log(sum), within(1e-12));
    }

    /** Against the network with squared weights, evaluated as a network. */
    @Test
    void pathNormOfAConvolution() {
        LayeredNetwork network = LayeredNetwork.of(SmallNets.conv(DataType.DOUBLE));
        double[] kernel = network.linearLayers().get(0).multiply(unit(36, 14));
        double sum = 0;
        // by brute force over pixels: column sums of the squared matrices, the mean of four halves twice
        for (int logit = 0; logit < 3; logit++) {
            sum += pathsToLogit(network, logit);
        }
        assertThat(kernel).hasSize(32);
        assertThat(network.logSquaredPathNorm()).isCloseTo(Math.log(sum), within(1e-12));
    }

    private static double pathsToLogit(LayeredNetwork network, int logit) {
        var convolution = network.linearLayers().get(0);
        var dense = network.linearLayers().get(1);
        double[] weights = dense.multiplyTransposed(unit(3, logit));
        double sum = Math.pow(dense.bias()[logit], 2);
        for (int unit = 0; unit < 32; unit++) {
            double[] row = convolution.multiplyTransposed(unit(32, unit));
            double below = Math.pow(convolution.bias()[unit], 2);
            for (double weight : row) {
                below += weight * weight;
            }
            int channel = unit / 16;
            int pooled = channel * 4 + unit % 16 / 4 / 2 * 2 + unit % 4 / 2;
            sum += below * Math.pow(0.25 * weights[pooled], 2);
        }
        return sum;
    }

    private static double[] unit(int size, int index) {
        double[] e = new double[size];
        e[index] = 1;
        return e;
    }

    /** A thousand layers of weight 10: the sum is 10^2000. */
    @Test
    void deepNetworksDoNotOverflow() {
        List<Layer> layers = new java.util.ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            layers.add(new Affine("l" + i, new double[][] {{10}}, new double[] {0}));
        }
        assertThat(LayeredNetwork.of(layers).logSquaredPathNorm()).isCloseTo(2000 * Math.log(10), within(1e-8));
        layers.add(new Affine("zero", new double[][] {{0}}, new double[] {0}));
        assertThat(LayeredNetwork.of(layers).logSquaredPathNorm()).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void maximumPassesTheLargestSum() {
        SlidingAxis row = new SlidingAxis(1, 1, 1, 1, 0, 1);
        SlidingAxis column = new SlidingAxis(2, 1, 2, 2, 0, 1);
        LayeredNetwork network = LayeredNetwork.of(List.of(
                new Affine("w", new double[][] {{2}, {-3}}, new double[2]),
                new Pooling("p", Pooling.Kind.MAXIMUM, row, column, 1, false),
                new Affine("v", new double[][] {{5}}, new double[1])));
        assertThat(network.logSquaredPathNorm()).isCloseTo(Math.log(225), within(1e-12));
    }

    @Test
    void refusesBadInput() {
        LayeredNetwork network = diagonal(1, 1, 1, 1);
        for (double margin : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NormMeasures.of(network, margin))
                    .withMessageContaining("got " + margin);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormMeasures.of(diagonal(0, 0, 1, 1), 1))
                .withMessageContaining("all weights are 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkCovers.spectralComplexity(network.norms(), List.of()))
                .withMessageContaining("got 0 for a network of 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Measure("m", Double.NaN, "f", "s"))
                .withMessageContaining("NaN");
    }
}
