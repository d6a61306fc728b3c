package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;

/** Intervals of Jacobians against stored numbers, closed forms and sampled slopes. */
class JacobianBoundsTest {

    private static final double[][] W1 = {{.5, -1}, {1, .25}, {-.75, .5}};
    private static final double[] B1 = {.1, -.2, .3};
    private static final double[][] W2 = {{1, -.5, .25}, {-1, .5, 1}};
    private static final double[] B2 = {0, .1};
    private static final double[] X = {.4, -.6};

    private static BoundGraph twoLayers(Kind kind) {
        BoundGraphBuilder builder = BoundGraph.builder(2);
        int h = builder.activation(builder.dense(0, W1, B1), ActivationFunction.of(kind));
        return builder.build(builder.dense(h, W2, B2), Arithmetic.REAL);
    }

    private static JacobianBounds bounds(
            BoundGraph graph, BoundMethod method, BallNorm norm, double[] x, double radius, double[][] functionals) {
        return JacobianBounds.of(
                        graph,
                        method,
                        norm,
                        InputBox.unbounded(),
                        Arithmetic.REAL,
                        x,
                        new double[] {radius},
                        functionals)
                .get(0);
    }

    private static JacobianBounds bounds(
            BoundGraph graph, JacobianMethod jacobian, BoundMethod method, BallNorm norm, double[] x, double radius) {
        return JacobianBounds.of(
                        graph,
                        method,
                        jacobian,
                        norm,
                        InputBox.unbounded(),
                        Arithmetic.REAL,
                        x,
                        new double[] {radius},
                        identity(graph.classes()))
                .get(0);
    }

    private static double[][] identity(int n) {
        double[][] rows = new double[n][n];
        for (int i = 0; i < n; i++) {
            rows[i][i] = 1;
        }
        return rows;
    }

    @Test
    void atThePointItselfTheStoredJacobian() {
        double[][] expected = {{-0.42688158, -0.49721326}, {-0.43105932, 1.06917386}};
        JacobianBounds tanh = bounds(twoLayers(Kind.TANH), BoundMethod.CROWN, BallNorm.LINF, X, 0, identity(2));
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < 2; i++) {
                assertThat(tanh.lower(c)[i]).isLessThanOrEqualTo(tanh.upper(c)[i]);
                assertThat(tanh.lower(c)[i]).isCloseTo(expected[c][i], within(1e-8));
                assertThat(tanh.upper(c)[i]).isCloseTo(expected[c][i], within(1e-8));
            }
        }
        // norms are rounded up by 2^-20
        assertThat(tanh.frobenius()).isCloseTo(1.3260444173, within(3e-6));
        assertThat(tanh.entrywiseL1()).isCloseTo(2.4243280249, within(5e-6));
        JacobianBounds relu = bounds(twoLayers(Kind.RELU), BoundMethod.INTERVAL, BallNorm.L2, X, 0, identity(2));
        assertThat(relu.upper(0)).containsExactly(new double[] {0, -1.125}, within(1e-12));
        assertThat(relu.lower(1)).containsExactly(new double[] {0, 1.125}, within(1e-12));
        assertThat(relu.lipschitz(BallNorm.LINF)).isCloseTo(1.125, within(3e-6));
        assertThat(relu.lipschitz(BallNorm.L1)).isCloseTo(2.25, within(5e-6));
    }

    /** Two layers: every unstable rectifier adds its product of weights where that makes the entry larger. */
    @Test
    void twoLayersOfRectifiersHaveTheClosedForm() {
        double radius = 0.5;
        JacobianBounds found =
                bounds(twoLayers(Kind.RELU), BoundMethod.INTERVAL, BallNorm.LINF, X, radius, identity(2));
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < 2; i++) {
                double upper = 0;
                double lower = 0;
                for (int k = 0; k < 3; k++) {
                    double centre = W1[k][0] * X[0] + W1[k][1] * X[1] + B1[k];
                    double reach = radius * (Math.abs(W1[k][0]) + Math.abs(W1[k][1]));
                    double product = W2[c][k] * W1[k][i];
                    upper += centre + reach <= 0 ? 0 : centre - reach > 0 ? product : Math.max(product, 0);
                    lower += centre + reach <= 0 ? 0 : centre - reach > 0 ? product : Math.min(product, 0);
                }
                assertThat(found.upper(c)[i]).isGreaterThanOrEqualTo(upper).isCloseTo(upper, within(1e-12));
                assertThat(found.lower(c)[i]).isLessThanOrEqualTo(lower).isCloseTo(lower, within(1e-12));
            }
        }
    }

    /** A point of the ball; both ends of a slope are such points. */
    private static double[] pointOf(double[] x, double radius, BallNorm norm, Random random) {
        double[] step = new double[x.length];
        double length = 0;
        for (int i = 0; i < step.length; i++) {
            step[i] = random.nextInt(3) == 0
                    ? 0
                    : random.nextInt(2) == 0 ? Math.signum(random.nextGaussian()) : random.nextGaussian();
            length = switch (norm) {
                case L1 -> length + Math.abs(step[i]);
                case L2 -> Math.hypot(length, step[i]);
                case LINF -> Math.max(length, Math.abs(step[i]));
            };
        }
        double scale =
                length == 0 ? 0 : radius * (1 - 1e-12) / length * (random.nextBoolean() ? 1 : random.nextDouble());
        double[] result = x.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += scale * step[i];
        }
        return result;
    }

    /** The largest sampled change over what entries scaled by {@code factor} allow; above 1 is a violation. */
    private static double worst(
            TestNet net,
            JacobianBounds bounds,
            double[] x,
            double radius,
            BallNorm norm,
            double factor,
            Random random) {
        double worst = 0;
        for (int n = 0; n < 60; n++) {
            double[] a = pointOf(x, radius, norm, random);
            double[] b = pointOf(x, radius, norm, random);
            double[] from = net.logits(a);
            double[] to = net.logits(b);
            for (int c = 0; c < from.length; c++) {
                double[] m = bounds.magnitudes(c);
                double allowed = 0;
                for (int i = 0; i < a.length; i++) {
                    allowed += factor * m[i] * Math.abs(b[i] - a[i]);
                }
                double moved = Math.abs(to[c] - from[c]) - net.rounding(a)[c] - net.rounding(b)[c];
                worst = Math.max(worst, moved <= 0 ? 0 : moved / allowed);
            }
        }
        return worst;
    }

    @Property(tries = 1500, seed = "24")
    void sampledSlopesStayWithin(
            @ForAll BallNorm norm, @ForAll BoundMethod method, @ForAll JacobianMethod jacobian, @ForAll long seed) {
        Random random = new Random(seed);
        TestNet net = TestNet.random(seed);
        BoundGraph graph = net.graph(Arithmetic.REAL);
        double[] x = TestNet.vector(random, graph.inputs(), 1);
        double radius = Math.pow(10, -2.5 * random.nextDouble());
        JacobianBounds found = bounds(graph, jacobian, method, norm, x, radius);
        assertThat(worst(net, found, x, radius, norm, 1, random)).isLessThanOrEqualTo(1);
        for (int n = 0; n < 20; n++) {
            double[] y = pointOf(x, radius / 2, norm, random);
            int axis = random.nextInt(y.length);
            double[] z = y.clone();
            z[axis] += radius / 4;
            double[] from = net.logits(y);
            double[] to = net.logits(z);
            for (int c = 0; c < from.length; c++) {
                double slope = (to[c] - from[c]) / (z[axis] - y[axis]);
                // of the two evaluations, and of the slope itself
                double rounding = (net.rounding(y)[c] + net.rounding(z)[c]) / (radius / 4) + 1e-15 * Math.abs(slope);
                assertThat(slope).isBetween(found.lower(c)[axis] - rounding, found.upper(c)[axis] + rounding);
            }
        }
    }

    @Property(tries = 500, seed = "25")
    void relaxationsAreNotLooserThanFastLip(@ForAll BallNorm norm, @ForAll long seed) {
        TestNet net = TestNet.random(seed);
        BoundGraph graph = net.graph(Arithmetic.REAL);
        double[] x = TestNet.vector(new Random(seed), graph.inputs(), 1);
        JacobianBounds plain = bounds(graph, JacobianMethod.FAST_LIP, BoundMethod.CROWN, norm, x, 0.2);
        for (JacobianMethod method : new JacobianMethod[] {JacobianMethod.RECURJAC, JacobianMethod.CHORDS}) {
            JacobianBounds found = bounds(graph, method, BoundMethod.CROWN, norm, x, 0.2);
            for (int c = 0; c < found.rows(); c++) {
                // inner bounds are held as middles and radii, which rounds
                double rounding = 1e-12 * (1 + plain.lipschitz(c));
                for (int i = 0; i < x.length; i++) {
                    assertThat(found.lower(c)[i]).isGreaterThanOrEqualTo(plain.lower(c)[i] - rounding);
                    assertThat(found.upper(c)[i]).isLessThanOrEqualTo(plain.upper(c)[i] + rounding);
                }
                assertThat(found.evaluationError(c)).isLessThanOrEqualTo(plain.evaluationError(c) * (1 + 1e-12));
            }
        }
    }

    @Property(tries = 100, seed = "26")
    void linesAreNotLooserThanIntervals(@ForAll BallNorm norm, @ForAll long seed) {
        TestNet net = TestNet.random(seed);
        BoundGraph graph = net.graph(Arithmetic.REAL);
        double[] x = TestNet.vector(new Random(seed), graph.inputs(), 1);
        double[][] rows = identity(graph.classes());
        double crown = bounds(graph, BoundMethod.CROWN, norm, x, 0.2, rows).entrywiseL1();
        double interval =
                bounds(graph, BoundMethod.INTERVAL, norm, x, 0.2, rows).entrywiseL1();
        assertThat(crown).isLessThanOrEqualTo(interval * (1 + 1e-9));
    }

    @Test
    void entriesShrunkByOnePercentAreCaught() {
        Random random = new Random(5);
        TestNet net = new TestNet(2);
        net.dense(0, W1, B1);
        JacobianBounds found = bounds(net.graph(Arithmetic.REAL), BoundMethod.CROWN, BallNorm.LINF, X, 1, identity(3));
        assertThat(worst(net, found, X, 1, BallNorm.LINF, 1, random)).isLessThanOrEqualTo(1);
        assertThat(worst(net, found, X, 1, BallNorm.LINF, 0.99, random)).isGreaterThan(1);
    }

    @Test
    void overflowAndBadInput() {
        BoundGraph graph = twoLayers(Kind.RELU);
        JacobianBounds huge = bounds(graph, BoundMethod.CROWN, BallNorm.LINF, X, 1e300, identity(2));
        assertThat(huge.lipschitz(0)).isInfinite();
        assertThat(huge.lipschitz(BallNorm.L2)).isInfinite();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bounds(graph, BoundMethod.CROWN, BallNorm.LINF, X, Double.NaN, identity(2)))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        bounds(graph, BoundMethod.CROWN, BallNorm.LINF, new double[] {Double.NaN, 0}, 1, identity(2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bounds(graph, BoundMethod.CROWN, BallNorm.LINF, X, 1, identity(3)))
                .withMessageContaining("one for every class");
        List<JacobianBounds> many = JacobianBounds.of(
                graph,
                BoundMethod.CROWN,
                BallNorm.L1,
                InputBox.unbounded(),
                Arithmetic.REAL,
                X,
                new double[] {0, 1},
                identity(2));
        assertThat(many).hasSize(2);
        assertThat(many.get(0).lipschitz(0)).isLessThanOrEqualTo(many.get(1).lipschitz(0));
    }
}
