package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.junit.jupiter.api.Test;

/**
 * Networks of rectifiers on a plane, whose minimum over a rectangle is known exactly: the network is affine between the lines on which a
 * unit is zero, so the minimum lies where two of these lines, or one and an edge, or two edges meet.
 */
class ExactMinimumTest {

    /** A line {@code a x + b y = c}. */
    private record PlaneLine(double a, double b, double c) {}

    private record Net(double[][] w1, double[] b1, double[][] w2, double[] b2, double[] w3) {

        static Net random(Random random) {
            int first = 1 + random.nextInt(5);
            int second = 1 + random.nextInt(3);
            return new Net(
                    TestNet.weights(random, first, 2, 1),
                    TestNet.vector(random, first, 0.5),
                    TestNet.weights(random, second, first, 1),
                    TestNet.vector(random, second, 0.5),
                    TestNet.vector(random, second, 1));
        }

        BoundGraph graph() {
            TestNet net = new TestNet(2);
            ActivationFunction relu = ActivationFunction.of(Kind.RELU);
            int h = net.activation(net.dense(0, w1, b1), relu);
            h = net.activation(net.dense(h, w2, b2), relu);
            net.dense(h, new double[][] {w3, new double[w3.length]}, new double[2]);
            return net.graph(Arithmetic.FLOAT64);
        }

        double margin(double x, double y) {
            double result = 0;
            for (int k = 0; k < w2.length; k++) {
                double sum = b2[k];
                for (int i = 0; i < w1.length; i++) {
                    sum += w2[k][i] * Math.max(0, w1[i][0] * x + w1[i][1] * y + b1[i]);
                }
                result += w3[k] * Math.max(0, sum);
            }
            return result;
        }

        /** The lines on which a unit may change state: those of the second layer for every pattern of the first. */
        List<PlaneLine> lines() {
            List<PlaneLine> lines = new ArrayList<>();
            for (int i = 0; i < w1.length; i++) {
                lines.add(new PlaneLine(w1[i][0], w1[i][1], -b1[i]));
            }
            for (int pattern = 0; pattern < 1 << w1.length; pattern++) {
                for (int k = 0; k < w2.length; k++) {
                    double a = 0;
                    double b = 0;
                    double c = b2[k];
                    for (int i = 0; i < w1.length; i++) {
                        if ((pattern >> i & 1) == 1) {
                            a += w2[k][i] * w1[i][0];
                            b += w2[k][i] * w1[i][1];
                            c += w2[k][i] * b1[i];
                        }
                    }
                    lines.add(new PlaneLine(a, b, -c));
                }
            }
            return lines;
        }

        double exactMinimum(double[] x, double radius) {
            List<PlaneLine> lines = lines();
            for (int side = -1; side <= 1; side += 2) {
                lines.add(new PlaneLine(1, 0, x[0] + side * radius));
                lines.add(new PlaneLine(0, 1, x[1] + side * radius));
            }
            double least = Double.POSITIVE_INFINITY;
            for (PlaneLine p : lines) {
                for (PlaneLine q : lines) {
                    double determinant = p.a * q.b - p.b * q.a;
                    if (Math.abs(determinant) > 1e-12) {
                        double px = (p.c * q.b - p.b * q.c) / determinant;
                        double py = (p.a * q.c - p.c * q.a) / determinant;
                        if (Math.abs(px - x[0]) <= radius * (1 + 1e-12)
                                && Math.abs(py - x[1]) <= radius * (1 + 1e-12)) {
                            least = Math.min(least, margin(px, py));
                        }
                    }
                }
            }
            return least;
        }
    }

    /** Above rounding in the intersections, which are ill conditioned where lines are nearly parallel. */
    private static final double ROUNDING = 1e-9;

    @Test
    void noBoundIsAboveTheExactMinimum() {
        Random random = new Random(17);
        int exact = 0;
        int networks = 1500;
        double[] gaps = new double[BoundMethod.values().length];
        for (int t = 0; t < networks; t++) {
            Net net = Net.random(random);
            double[] x = {random.nextGaussian(), random.nextGaussian()};
            double radius = Math.exp(-4 * random.nextDouble());
            double minimum = net.exactMinimum(x, radius);
            for (BoundMethod method : BoundMethod.values()) {
                double bound = Certifier.of(net.graph())
                        .method(method)
                        .build()
                        .margins(new double[][] {x}, new int[] {0}, radius)[0][1];
                assertThat(bound).as("%s, %s", net, method).isLessThanOrEqualTo(minimum + ROUNDING);
                gaps[method.ordinal()] += minimum - bound;
                exact += method == BoundMethod.CROWN && bound > minimum - ROUNDING ? 1 : 0;
            }
        }
        assertThat(gaps[BoundMethod.ALPHA_CROWN.ordinal()])
                .as("chosen slopes close some of CROWN's gap")
                .isLessThan(0.9 * gaps[BoundMethod.CROWN.ordinal()]);
        assertThat(gaps[BoundMethod.CROWN.ordinal()]).isLessThan(gaps[BoundMethod.FAST_LIN.ordinal()]);
        assertThat(gaps[BoundMethod.FAST_LIN.ordinal()]).isLessThan(gaps[BoundMethod.INTERVAL.ordinal()]);
        assertThat(exact)
                .as("networks on which CROWN is exact: no unit is undecided, or it does not matter")
                .isGreaterThan(networks / 4);
    }

    /** On those networks, a bound one percent too high is found out by the exact minimum. */
    @Test
    void aBoundOnePercentTooHighIsFoundOut() {
        Random random = new Random(18);
        int found = 0;
        for (int t = 0; t < 200; t++) {
            Net net = Net.random(random);
            double[] x = {random.nextGaussian(), random.nextGaussian()};
            double bound = Certifier.of(net.graph()).build().margins(new double[][] {x}, new int[] {0}, 0.05)[0][1];
            found += bound + 0.01 * Math.abs(bound) > net.exactMinimum(x, 0.05) + ROUNDING ? 1 : 0;
        }
        assertThat(found).isGreaterThan(100);
    }
}
