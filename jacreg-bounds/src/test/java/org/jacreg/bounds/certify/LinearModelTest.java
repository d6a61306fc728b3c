package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On linear models everything is known in closed form, and bounds are exact. */
class LinearModelTest {

    private static final double[][] W = {{1, -2}, {0.5, 1}, {-1, 0.25}};
    private static final double[] B = {0.1, -0.2, 0.05};
    private static final double[] X = {0.3, -0.1};

    private static BoundGraph model(double[][] w, double[] b) {
        TestNet net = new TestNet(w[0].length);
        net.dense(0, w, b);
        return net.graph(Arithmetic.FLOAT64);
    }

    private static double dual(BallNorm norm, double[] v) {
        double sum = 0;
        for (double a : v) {
            sum = switch (norm) {
                case LINF -> sum + Math.abs(a);
                case L2 -> Math.hypot(sum, a);
                case L1 -> Math.max(sum, Math.abs(a));
            };
        }
        return sum;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] d = new double[a.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = a[i] - b[i];
        }
        return d;
    }

    /** Radius {@code min_j (z_y - z_j) / ||w_y - w_j||_q}, found to the bisection's last step. */
    @ParameterizedTest
    @EnumSource
    void radiusIsTheClosedForm(BallNorm norm) {
        double[] z = {0.6, -0.15, -0.275};
        double wanted = Double.POSITIVE_INFINITY;
        for (int j = 1; j < 3; j++) {
            wanted = Math.min(wanted, (z[0] - z[j]) / dual(norm, difference(W[0], W[j])));
        }
        for (BoundMethod method : BoundMethod.values()) {
            Certifier certifier =
                    Certifier.of(model(W, B)).norm(norm).method(method).build();
            Certificate certificate = certifier
                    .largestRadii(new double[][] {X}, new int[] {0}, 1, 40)
                    .get(0);
            assertThat(certificate.radius()).isCloseTo(wanted, within(1e-11));
            assertThat(certificate.radius()).isLessThan(wanted);
            assertThat(certifier.certify(X, 0, wanted * 1.01).certified())
                    .as("one percent more")
                    .isFalse();
        }
    }

    /** The loss at the margin-wise worst logits, from the project's table of oracles. */
    @ParameterizedTest
    @EnumSource(names = {"LINF", "L2"})
    void robustLossIsTheMarginwiseOne(BallNorm norm) {
        double wanted = norm == BallNorm.LINF ? 0.8363589037 : 0.7900753754;
        double[] bound =
                Certifier.of(model(W, B)).norm(norm).build().robustLossBounds(new double[][] {X}, new int[] {0}, 0.1);
        assertThat(bound[0]).isCloseTo(wanted, within(1e-9));
    }

    /** In a box, against a search over a fine grid of a plane, and never below it. */
    @ParameterizedTest
    @EnumSource
    void boxesAreUsedExactly(BallNorm norm) {
        Random random = new Random(5);
        for (int t = 0; t < 60; t++) {
            double[][] w = {TestNet.vector(random, 2, 1), TestNet.vector(random, 2, 1)};
            double[] x = {random.nextInt(3) == 0 ? 0 : random.nextDouble(), random.nextDouble()};
            double radius = random.nextDouble();
            double[] d = difference(w[0], w[1]);
            double least = Double.POSITIVE_INFINITY;
            int grid = 1500;
            for (int i = 0; i <= grid; i++) {
                double a = Math.max(0, x[0] - radius)
                        + i * (Math.min(1, x[0] + radius) - Math.max(0, x[0] - radius)) / grid;
                double left = remaining(norm, radius, Math.abs(a - x[0]));
                for (double b : new double[] {Math.max(0, x[1] - left), Math.min(1, x[1] + left)}) {
                    least = Math.min(least, d[0] * a + d[1] * b);
                }
            }
            double bound = Certifier.of(model(w, new double[2]))
                    .norm(norm)
                    .bounds(0, 1)
                    .build()
                    .margins(new double[][] {x}, new int[] {0}, radius)[0][1];
            assertThat(bound).isLessThan(least + 1e-12);
            // the grid misses the best point of a circle by less than its step
            assertThat(bound).isGreaterThan(least - 2e-3 * radius - 1e-9);
        }
    }

    /** How far the second coordinate may go when the first has gone some way. */
    private static double remaining(BallNorm norm, double radius, double gone) {
        return switch (norm) {
            case LINF -> radius;
            case L2 -> Math.sqrt(Math.max(0, radius * radius - gone * gone));
            case L1 -> Math.max(0, radius - gone);
        };
    }

    @ParameterizedTest
    @EnumSource
    void marginsOfAllClasses(BallNorm norm) {
        Certifier certifier = Certifier.of(model(W, B)).norm(norm).build();
        double[] margins = certifier.margins(new double[][] {X}, new int[] {1}, 0.05)[0];
        double[] z = {0.6, -0.15, -0.275};
        for (int j : List.of(0, 2)) {
            double wanted = z[1] - z[j] - 0.05 * dual(norm, difference(W[1], W[j]));
            assertThat(margins[j]).isCloseTo(wanted, within(1e-12)).isLessThanOrEqualTo(wanted + 1e-15);
        }
        assertThat(margins[1]).isZero();
    }
}
