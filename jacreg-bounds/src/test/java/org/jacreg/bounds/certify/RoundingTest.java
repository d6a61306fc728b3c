package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bounds against exact rational evaluation, and against evaluation in float32 in random orders, without any tolerance. Weights are floats,
 * so that all three compute the same network.
 */
class RoundingTest {

    private static final int NETWORKS = 300;

    /** Rectifier networks whose large terms nearly cancel. */
    private record Net(float[][][] weights, float[][] biases) {

        static Net random(Random random) {
            int depth = 1 + random.nextInt(3);
            int inputs = 1 + random.nextInt(4);
            float[][][] w = new float[depth][][];
            float[][] b = new float[depth][];
            for (int layer = 0; layer < depth; layer++) {
                int in = layer == 0 ? inputs : w[layer - 1].length;
                int out = layer == depth - 1 ? 2 : 2 + random.nextInt(8);
                w[layer] = new float[out][in];
                b[layer] = new float[out];
                double scale = Math.exp(4 * random.nextGaussian());
                for (int i = 0; i < out; i++) {
                    b[layer][i] = (float) random.nextGaussian();
                    for (int j = 0; j < in; j++) {
                        w[layer][i][j] = j % 2 == 1 && random.nextBoolean()
                                ? -w[layer][i][j - 1] * (1 + 1e-6f * random.nextFloat())
                                : (float) (scale * random.nextGaussian());
                    }
                }
            }
            return new Net(w, b);
        }

        BoundGraph graph(Arithmetic arithmetic) {
            TestNet net = new TestNet(weights[0][0].length);
            int h = 0;
            for (int layer = 0; layer < weights.length; layer++) {
                double[][] w = new double[weights[layer].length][weights[layer][0].length];
                double[] b = new double[w.length];
                for (int i = 0; i < w.length; i++) {
                    b[i] = biases[layer][i];
                    for (int j = 0; j < w[i].length; j++) {
                        w[i][j] = weights[layer][i][j];
                    }
                }
                h = net.dense(layer == 0 ? 0 : net.activation(h, ActivationFunction.of(Kind.RELU)), w, b);
            }
            return net.graph(arithmetic);
        }

        BigDecimal exactMargin(double[] x) {
            BigDecimal[] h = new BigDecimal[x.length];
            for (int i = 0; i < x.length; i++) {
                h[i] = new BigDecimal(x[i]);
            }
            for (int layer = 0; layer < weights.length; layer++) {
                BigDecimal[] next = new BigDecimal[weights[layer].length];
                for (int i = 0; i < next.length; i++) {
                    next[i] = new BigDecimal(biases[layer][i]);
                    for (int j = 0; j < h.length; j++) {
                        BigDecimal value = layer > 0 ? h[j].max(BigDecimal.ZERO) : h[j];
                        next[i] = next[i].add(new BigDecimal(weights[layer][i][j]).multiply(value));
                    }
                }
                h = next;
            }
            return h[0].subtract(h[1]);
        }

        /** Sums in float32 in a random order, the bias first or last. */
        BigDecimal floatMargin(float[] x, Random random) {
            float[] h = x;
            for (int layer = 0; layer < weights.length; layer++) {
                float[] next = new float[weights[layer].length];
                for (int i = 0; i < next.length; i++) {
                    boolean biasFirst = random.nextBoolean();
                    float sum = biasFirst ? biases[layer][i] : 0;
                    int start = random.nextInt(h.length);
                    for (int k = 0; k < h.length; k++) {
                        int j = (start + k) % h.length;
                        float value = layer > 0 ? Math.max(h[j], 0) : h[j];
                        sum = random.nextBoolean()
                                ? Math.fma(weights[layer][i][j], value, sum)
                                : sum + weights[layer][i][j] * value;
                    }
                    next[i] = biasFirst ? sum : sum + biases[layer][i];
                }
                h = next;
            }
            return new BigDecimal(h[0]).subtract(new BigDecimal(h[1]));
        }
    }

    private static double[] inputs(Net net, Random random) {
        double[] x = new double[net.weights()[0][0].length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static double bound(Net net, Arithmetic arithmetic, double[] x, double radius, BoundMethod method) {
        return Certifier.of(net.graph(arithmetic))
                .method(method)
                .build()
                .margins(new double[][] {x}, new int[] {0}, radius)[0][1];
    }

    @Test
    void exactValuesAreAboveBoundsAtThePoint() {
        Random random = new Random(1);
        for (int t = 0; t < NETWORKS; t++) {
            Net net = Net.random(random);
            double[] x = inputs(net, random);
            BigDecimal exact = net.exactMargin(x);
            for (BoundMethod method : BoundMethod.values()) {
                double bound = bound(net, Arithmetic.REAL, x, 0, method);
                assertThat(new BigDecimal(bound)).as("%s", method).isLessThanOrEqualTo(exact);
            }
        }
    }

    /** The slack is not bought with looseness: relative to the sizes that are added up it is some 1e-12. */
    @Test
    void slackIsSmall() {
        Random random = new Random(2);
        for (int t = 0; t < NETWORKS; t++) {
            TestNet net = TestNet.random(t);
            BoundGraph graph = net.graph(Arithmetic.REAL);
            double[] x = TestNet.vector(random, graph.inputs(), 1);
            double[] z = net.logits(x);
            double bound = Certifier.of(graph).build().margins(new double[][] {x}, new int[] {0}, 0)[0][1];
            assertThat(z[0] - z[1] - bound).isBetween(-1e-12, 1e-9);
        }
    }

    /** Corners of the ball, evaluated exactly, among them the one where a linear model is least. */
    @Test
    void exactValuesAreAboveBoundsOnTheBall() {
        Random random = new Random(3);
        for (int t = 0; t < NETWORKS; t++) {
            Net net = Net.random(random);
            double[] x = inputs(net, random);
            double radius = Math.scalb(1 + random.nextInt(100), -8);
            double bound = bound(net, Arithmetic.REAL, x, radius, BoundMethod.CROWN);
            for (int corner = 0; corner < 1 << x.length; corner++) {
                double[] point = x.clone();
                for (int i = 0; i < x.length; i++) {
                    double moved = x[i] + ((corner >> i & 1) == 0 ? radius : -radius);
                    boolean inside = new BigDecimal(moved)
                                    .subtract(new BigDecimal(x[i]))
                                    .abs()
                                    .compareTo(new BigDecimal(radius))
                            <= 0;
                    point[i] = inside ? moved : x[i];
                }
                assertThat(net.exactMargin(point)).isGreaterThanOrEqualTo(new BigDecimal(bound));
            }
        }
    }

    /** Float32 in any order stays above bounds made for it; above bounds for real arithmetic it often does not. */
    @Test
    void float32EvaluationsAreAboveTheirBounds() {
        Random random = new Random(4);
        int belowReal = 0;
        for (int t = 0; t < NETWORKS; t++) {
            Net net = Net.random(random);
            double[] x = inputs(net, random);
            float[] xs = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                xs[i] = (float) x[i];
            }
            double bound = bound(net, Arithmetic.FLOAT32, x, 0, BoundMethod.CROWN);
            double real = bound(net, Arithmetic.REAL, x, 0, BoundMethod.CROWN);
            for (int order = 0; order < 20; order++) {
                BigDecimal margin = net.floatMargin(xs, random);
                assertThat(margin).isGreaterThanOrEqualTo(new BigDecimal(bound));
                belowReal += margin.compareTo(new BigDecimal(real)) < 0 ? 1 : 0;
            }
        }
        assertThat(belowReal)
                .as("evaluations of %d below the bound for real arithmetic", 20 * NETWORKS)
                .isGreaterThan(NETWORKS);
    }

    private static double evaluationError(
            Net net, BoundMethod method, JacobianMethod jacobian, double[] x, double radius) {
        return JacobianBounds.of(
                        net.graph(Arithmetic.FLOAT32),
                        method,
                        jacobian,
                        BallNorm.LINF,
                        InputBox.unbounded(),
                        Arithmetic.FLOAT32,
                        x,
                        new double[] {radius},
                        new double[][] {{1, -1}})
                .get(0)
                .evaluationError(0);
    }

    /** What may happen at a point may happen in a ball around it. */
    @Test
    void evaluationErrorsGrowWithTheBall() {
        Random random = new Random(7);
        for (int t = 0; t < NETWORKS; t++) {
            Net net = Net.random(random);
            double[] x = inputs(net, random);
            double least = evaluationError(net, BoundMethod.INTERVAL, JacobianMethod.FAST_LIP, x, 0);
            for (double radius : new double[] {1e-3, 0.1, 2}) {
                double error = evaluationError(net, BoundMethod.INTERVAL, JacobianMethod.FAST_LIP, x, radius);
                assertThat(error).isGreaterThanOrEqualTo(least);
                least = error;
            }
        }
    }

    /** What a functional may err by in float32, whatever carries it to the input. Errors are of the order of their bounds. */
    @ParameterizedTest
    @EnumSource(JacobianMethod.class)
    void float32EvaluationsAreWithinTheirErrors(JacobianMethod method) {
        Random random = new Random(6);
        double largest = 0;
        for (int t = 0; t < NETWORKS; t++) {
            Net net = Net.random(random);
            double[] x = inputs(net, random);
            double radius = t % 2 == 0 ? 0 : 0.25;
            double error = evaluationError(net, BoundMethod.CROWN, method, x, radius);
            for (int n = 0; n < 20; n++) {
                float[] point = new float[x.length];
                double[] same = new double[x.length];
                for (int i = 0; i < x.length; i++) {
                    // a little inside, so that rounding the point does not take it out of the ball
                    point[i] = (float) (x[i] + 0.999 * radius * (2 * random.nextDouble() - 1));
                    same[i] = point[i];
                }
                BigDecimal off = net.floatMargin(point, random)
                        .subtract(net.exactMargin(same))
                        .abs();
                assertThat(off).isLessThanOrEqualTo(new BigDecimal(error));
                largest = Math.max(largest, off.doubleValue() / error);
            }
        }
        assertThat(largest).isGreaterThan(0.02);
    }
}
