package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.classifier.InputBox;
import org.jacreg.graph.GraphModel;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** Methods of bounding Jacobians against all derivatives of units, a recursion of their own, and the Jacobians of graphs. */
class JacobianMethodTest {

    @Property(tries = 300, seed = "27")
    void recurJacIsThePapersRecursion(@ForAll long seed) {
        Rectifiers net = Rectifiers.random(seed, 0, 0.3, 3, 5, 4, 5, 2);
        JacobianBounds found = net.bounds(JacobianMethod.RECURJAC);
        for (int c = 0; c < 2; c++) {
            double[][] expected = net.recursion(c, 0);
            for (int j = 0; j < 3; j++) {
                assertThat(found.lower(c)[j]).isCloseTo(expected[j][0], within(1e-9));
                assertThat(found.upper(c)[j]).isCloseTo(expected[j][1], within(1e-9));
            }
        }
    }

    private static double excess(JacobianBounds found, Rectifiers net) {
        double[][] most = net.extremes(1);
        double[][] least = net.extremes(-1);
        double worst = 0;
        for (int c = 0; c < most.length; c++) {
            for (int j = 0; j < most[c].length; j++) {
                assertThat(found.upper(c)[j]).isGreaterThanOrEqualTo(most[c][j]);
                assertThat(-found.lower(c)[j]).isGreaterThanOrEqualTo(least[c][j]);
                worst = Math.max(worst, Math.max(found.upper(c)[j] - most[c][j], -found.lower(c)[j] - least[c][j]));
            }
        }
        return worst;
    }

    /** Two layers of weights: every method has the extremes over all patterns of open units. */
    @Property(tries = 100, seed = "28")
    void exactOnTwoLayers(@ForAll long seed, @ForAll JacobianMethod method) {
        Rectifiers net = Rectifiers.random(seed, 0, 0.5, 3, 8, 3);
        assertThat(excess(net.bounds(method), net)).isLessThan(1e-11);
    }

    /** Where bounds are the extremes but for rounding, they are outside of the exact ones: no tolerance. */
    @Test
    void roundedOutward() {
        for (int seed = 0; seed < 30; seed++) {
            Rectifiers net = Rectifiers.random(seed, 1, 0.1, 3, 4, 4, 4, 2);
            JacobianBounds found = net.bounds(JacobianMethod.RECURJAC);
            for (int pattern = 0; pattern < 1 << net.openUnits(); pattern++) {
                BigDecimal[][] product = net.exactProduct(pattern);
                for (int c = 0; c < 2; c++) {
                    double[] lower = found.lower(c);
                    double[] upper = found.upper(c);
                    for (int j = 0; j < 3; j++) {
                        assertThat(product[c][j]).isBetween(new BigDecimal(lower[j]), new BigDecimal(upper[j]));
                    }
                }
            }
        }
    }

    /** Three and four layers with open units in each: still exact where no sign is open, as with positive weights; intervals are not. */
    @Test
    void exactOnMoreLayersWhereSignsAreFixed() {
        int intervalsLooser = 0;
        for (int seed = 0; seed < 60; seed++) {
            for (int sign : new int[] {0, 1}) {
                Rectifiers net = seed % 2 == 0
                        ? Rectifiers.random(seed, sign, 0.4, 3, 5, 5, 2)
                        : Rectifiers.random(seed, sign, 0.4, 3, 4, 4, 4, 2);
                double recurjac = excess(net.bounds(JacobianMethod.RECURJAC), net);
                double chords = excess(net.bounds(JacobianMethod.CHORDS), net);
                double intervals = excess(net.bounds(JacobianMethod.FAST_LIP), net);
                if (sign > 0) {
                    assertThat(recurjac).isLessThan(1e-11);
                    assertThat(chords).isLessThan(1e-11);
                    intervalsLooser += intervals > 1e-6 ? 1 : 0;
                }
            }
        }
        assertThat(intervalsLooser).isGreaterThan(15);
    }

    /** Six layers of 16 units: constants of the logits over a ball, in sum over 20 networks: 3568, 423, 206. */
    @Test
    void tighterOnDeepNetworks() {
        double[] sum = new double[3];
        for (int seed = 0; seed < 20; seed++) {
            Rectifiers net = Rectifiers.random(seed, 0, 0.02, 6, 16, 16, 16, 16, 16, 3);
            for (JacobianMethod method : JacobianMethod.values()) {
                sum[method.ordinal()] += net.bounds(method).lipschitz(BallNorm.LINF);
            }
        }
        assertThat(sum[1]).isLessThan(0.8 * sum[0]);
        assertThat(sum[2]).isLessThan(0.8 * sum[1]);
    }

    /** Convolutions, residual sums, joins and overlapping maxima. Biases are 0 at first, so that the origin is a kink of every unit. */
    private static SameDiff images(DataType type, long seed) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(seed);
        SDVariable x = sd.placeHolder("x", type, -1, 1, 6, 6);
        Conv2DConfig window =
                Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).pH(1).pW(1).build();
        SDVariable h = sd.nn()
                .relu(sd.cnn().conv2d(x, sd.var("k1", SmallNets.normal(type, random, 0.5, 3, 3, 1, 2)), window), 0);
        SDVariable r = sd.nn()
                .relu(sd.cnn().conv2d(h, sd.var("k2", SmallNets.normal(type, random, 0.4, 3, 3, 2, 2)), window), 0)
                .add(h);
        SDVariable p = sd.cnn()
                .maxPooling2d(
                        r, Pooling2DConfig.builder().kH(3).kW(3).sH(2).sW(2).build());
        SDVariable t = sd.math()
                .tanh(sd.cnn()
                        .avgPooling2d(
                                h,
                                Pooling2DConfig.builder()
                                        .kH(3)
                                        .kW(3)
                                        .sH(2)
                                        .sW(2)
                                        .build()));
        SDVariable flat = sd.reshape(sd.concat(1, p, t), -1, 16);
        SDVariable d = sd.nn()
                .relu(
                        flat.mmul(sd.var("w1", SmallNets.normal(type, random, 0.4, 16, 6)))
                                .add(sd.var("b1", SmallNets.normal(type, random, 0.2, 1, 6))),
                        0);
        d.mmul(sd.var("w2", SmallNets.normal(type, random, 0.6, 6, 3))).rename("out");
        sd.setEnableCache(false);
        return sd;
    }

    /** Jacobians of the graph itself, at points of the ball and at kinks, lie within; the norms of the bounds are above theirs. */
    @ParameterizedTest
    @EnumSource(JacobianMethod.class)
    void jacobiansOfGraphsStayWithin(JacobianMethod method) {
        for (int seed = 0; seed < 6; seed++) {
            SameDiff sd = images(DataType.DOUBLE, seed);
            BoundGraph graph =
                    BoundGraph.of(GraphModel.builder(sd).logits("out").build());
            Random random = new Random(seed);
            double[] x = seed % 2 == 0 ? new double[36] : TestNet.vector(random, 36, 1);
            double radius = seed < 3 ? 0.3 : 0.02;
            double[][] rows = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
            JacobianBounds found = JacobianBounds.of(
                            graph,
                            BoundMethod.CROWN,
                            method,
                            BallNorm.LINF,
                            InputBox.unbounded(),
                            Arithmetic.FLOAT64,
                            x,
                            new double[] {radius},
                            rows)
                    .get(0);
            INDArray points = SmallNets.normal(DataType.DOUBLE, random, 1, 30, 1, 6, 6);
            for (int n = 0; n < 30; n++) {
                for (int i = 0; i < 36; i++) {
                    double step = n == 0
                            ? 0
                            : radius * (n % 2 == 0 ? 2 * random.nextDouble() - 1 : random.nextBoolean() ? 1 : -1);
                    points.putScalar(new int[] {n, 0, i / 6, i % 6}, x[i] + step);
                }
            }
            Jacobian jacobian = Jacobian.builder(sd).logits("out").build();
            INDArray there = jacobian.compute(points).reshape(30, 3, 36);
            for (int n = 0; n < 30; n++) {
                for (int c = 0; c < 3; c++) {
                    double[] lower = found.lower(c);
                    double[] upper = found.upper(c);
                    for (int i = 0; i < 36; i++) {
                        // the graph's own rounding
                        assertThat(there.getDouble(n, c, i)).isBetween(lower[i] - 1e-13, upper[i] + 1e-13);
                    }
                }
            }
            JacobianNorms norms = jacobian.norms(points);
            assertThat(found.frobenius())
                    .isGreaterThanOrEqualTo(norms.frobenius().maxNumber().doubleValue());
            assertThat(found.entrywiseL1())
                    .isGreaterThanOrEqualTo(norms.l11().maxNumber().doubleValue());
        }
    }

    /** On such graphs too the relaxations gain something: 149, 81, 78. */
    @Test
    void tighterOnImages() {
        double[] sum = new double[3];
        for (int seed = 0; seed < 4; seed++) {
            BoundGraph graph = BoundGraph.of(GraphModel.builder(images(DataType.DOUBLE, seed))
                    .logits("out")
                    .build());
            double[] x = TestNet.vector(new Random(seed), 36, 1);
            for (JacobianMethod method : JacobianMethod.values()) {
                sum[method.ordinal()] += JacobianBounds.of(
                                graph,
                                BoundMethod.CROWN,
                                method,
                                BallNorm.LINF,
                                InputBox.unbounded(),
                                Arithmetic.FLOAT64,
                                x,
                                new double[] {0.03},
                                new double[][] {{1, -1, 0}})
                        .get(0)
                        .lipschitz(0);
            }
        }
        assertThat(sum[1]).isLessThan(0.97 * sum[0]);
        assertThat(sum[2]).isLessThan(0.99 * sum[1]);
    }
}
