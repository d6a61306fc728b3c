package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the relaxation finds by itself, where nothing better is known beforehand, against exact products of layers. */
class JacobianRelaxationTest {

    /** Wider than any derivative here, so that what is left at the input is the relaxation's. */
    private static final double NOTHING_KNOWN = 1e12;

    /**
     * Weights of very different sizes; in front, pairs of units that are always on and cancel but for a billionth. The other weights are
     * positive, so that the largest entries are those of one pattern of open units.
     */
    private static Rectifiers network(int seed) {
        Random random = new Random(seed);
        double[][] first = TestNet.weights(random, 8, 3, 1);
        double[][] second = TestNet.weights(random, 4, 8, 1);
        double[] shift = new double[4];
        for (int m = 0; m < 4; m++) {
            for (int i = 0; i < 8; i += 2) {
                second[m][i] = Math.abs(second[m][i]) * Math.exp(3 * random.nextGaussian());
                second[m][i + 1] = second[m][i];
                shift[m] -= 20 * second[m][i];
            }
        }
        for (int i = 0; i < 8; i += 2) {
            Arrays.setAll(first[i + 1], j -> 1e-9 * random.nextGaussian());
            for (int j = 0; j < 3; j++) {
                first[i + 1][j] -= first[i][j];
            }
        }
        double[] on = new double[8];
        Arrays.fill(on, 10);
        double[][][] weights = {first, second, positive(random, 3, 4), positive(random, 2, 3)};
        double[][] biases = {on, shift, {-0.5, -0.5, 1}, {0, 0}};
        return Rectifiers.of(weights, biases, TestNet.vector(random, 3, 1), 0.25);
    }

    private static double[][] positive(Random random, int out, int in) {
        double[][] w = TestNet.weights(random, out, in, 1);
        for (double[] row : w) {
            Arrays.setAll(row, j -> Math.abs(row[j]) * Math.exp(3 * random.nextGaussian()));
        }
        return w;
    }

    /** The network; as the first units are always on, it may do without their activation. */
    private static BoundGraph graph(Rectifiers net, boolean linearFront) {
        BoundGraphBuilder builder = BoundGraph.builder(net.x().length);
        int h = 0;
        for (int l = 0; l < net.weights().length; l++) {
            boolean straight = l == 0 || (l == 1 && linearFront);
            h = builder.dense(
                    straight ? h : builder.activation(h, ActivationFunction.of(Kind.RELU)),
                    net.weights()[l],
                    net.biases()[l]);
        }
        return builder.build(h, Arithmetic.REAL);
    }

    /** Shows the relaxation intervals of the derivatives of logit c, layer by layer, and none at the input. */
    private static double[][] atInput(Rectifiers net, boolean linearFront, boolean chords, int c) {
        BoundGraph graph = graph(net, linearFront);
        Region region =
                new Region(new double[][] {net.x()}, new double[] {net.radius()}, BallNorm.LINF, InputBox.unbounded());
        Pass pass = new Pass(graph, region, BoundMethod.INTERVAL, Arithmetic.REAL);
        double[] functional = new double[graph.classes()];
        functional[c] = 1;
        JacobianRelaxation relaxation = new JacobianRelaxation(graph, pass, chords, new int[1], functional);
        relaxation.visit(graph.output(), functional.clone(), new double[functional.length]);
        double[] least = functional;
        double[] most = functional;
        for (int l = net.weights().length - 1; l > 0; l--) {
            least = transposed(net.weights()[l], least);
            most = transposed(net.weights()[l], most);
            int node = linearFront ? 2 * l - 1 : 2 * l;
            if (l > 1 || !linearFront) {
                show(relaxation, node, least, most);
            }
            for (int i = 0; i < least.length; i++) {
                least[i] *= net.low()[l - 1][i];
                most[i] *= net.high()[l - 1][i];
            }
            show(relaxation, Math.max(1, node - 1), least, most);
        }
        double[] centre = new double[net.x().length];
        double[] radius = new double[centre.length];
        Arrays.fill(radius, NOTHING_KNOWN);
        relaxation.visit(0, centre, radius);
        return new double[][] {centre, radius};
    }

    private static double[] transposed(double[][] w, double[] g) {
        double[] result = new double[w[0].length];
        for (int i = 0; i < w.length; i++) {
            for (int j = 0; j < result.length; j++) {
                result[j] += w[i][j] * g[i];
            }
        }
        return result;
    }

    /** Somewhat wider than computed, and 0 where they end there. */
    private static void show(JacobianRelaxation relaxation, int node, double[] least, double[] most) {
        double[] centre = new double[least.length];
        double[] radius = new double[least.length];
        for (int i = 0; i < centre.length; i++) {
            double lower = least[i] * (1 - 1e-9);
            double upper = most[i] * (1 + 1e-9);
            centre[i] = (lower + upper) / 2;
            radius[i] = lower == 0 ? centre[i] : (upper - lower) / 2 * (1 + 1e-9);
        }
        relaxation.visit(node, centre, radius);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void ownBoundsAreRoundedOutward(boolean linearFront, boolean chords) {
        int attained = 0;
        for (int seed = 0; seed < 60; seed++) {
            Rectifiers net = network(seed);
            for (int c = 0; c < 2; c++) {
                double[][] found = atInput(net, linearFront, chords, c);
                for (int j = 0; j < 3; j++) {
                    double lower = Math.nextDown(found[0][j] - found[1][j]);
                    double upper = Math.nextUp(found[0][j] + found[1][j]);
                    BigDecimal[] exact = net.exactRange(c, j);
                    assertThat(exact[0]).isGreaterThanOrEqualTo(new BigDecimal(lower));
                    assertThat(exact[1]).isLessThanOrEqualTo(new BigDecimal(upper));
                    double loose = Math.max(exact[0].doubleValue() - lower, upper - exact[1].doubleValue());
                    attained += loose <= 1e-3 * Math.max(-lower, upper) ? 1 : 0;
                }
            }
        }
        // so that a missing slack would show
        assertThat(attained).isGreaterThan(300);
    }
}
