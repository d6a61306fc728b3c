package org.jacreg.bounds.certify.lipschitz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundGraphBuilder;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.JacobianMethod;
import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;

/** Local radii and robust losses against closed forms, points of the ball and the true distance in the plane. */
class LocalLipschitzCertifierTest {

    private static final double[][] W = {{1, -2}, {0.5, 1}, {-1, 0.25}};
    private static final double[] B = {0.1, -0.2, 0.05};
    private static final double[] X = {0.3, -0.1};

    private static BoundGraph graph(LayeredNetwork network) {
        BoundGraphBuilder builder = BoundGraph.builder(network.inputs());
        int last = 0;
        for (Layer layer : network.layers()) {
            if (layer instanceof Affine affine) {
                double[][] rows = new double[affine.outputs()][];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = affine.row(i);
                }
                last = builder.dense(last, rows, affine.bias());
            } else {
                last = builder.activation(last, ((Activation) layer).function());
            }
        }
        return builder.build(last, Arithmetic.FLOAT64);
    }

    private static LocalLipschitzCertifier certifier(LayeredNetwork network, BallNorm norm) {
        return LocalLipschitzCertifier.of(
                graph(network), norm, InputBox.unbounded(), BoundMethod.CROWN, Arithmetic.FLOAT64);
    }

    private static LocalLipschitzCertifier certifier(LayeredNetwork network, JacobianMethod jacobian, BallNorm norm) {
        return LocalLipschitzCertifier.of(
                graph(network), norm, InputBox.unbounded(), BoundMethod.CROWN, jacobian, Arithmetic.FLOAT64);
    }

    @Test
    void linearRadiiAreDistancesToTheBoundary() {
        LayeredNetwork network = Nets.linear(W, B);
        for (BallNorm norm : BallNorm.values()) {
            double distance = Double.POSITIVE_INFINITY;
            double[] z = network.logits(X);
            for (int j = 1; j < 3; j++) {
                double[] row = {W[0][0] - W[j][0], W[0][1] - W[j][1]};
                distance = Math.min(distance, (z[0] - z[j]) / Nets.norm(row, Nets.dual(norm)));
            }
            Certificate found = certifier(network, norm).certify(X, 0, 10);
            assertThat(found.radius()).isLessThanOrEqualTo(distance).isCloseTo(distance, within(1e-5 * distance));
            assertThat(certifier(network, norm).certify(X, 0, 0.01).radius()).isEqualTo(0.01);
            LipschitzCertifier global =
                    LipschitzCertifier.of(network, norm, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
            // both constants are the true one here, so that one too small would show
            assertThat(certifier(network, norm).cutBy(global).certify(X, 0, 10).radius())
                    .isLessThanOrEqualTo(distance)
                    .isCloseTo(distance, within(1e-5 * distance));
        }
    }

    @Test
    void robustLossOfTheLinearModelHasTheStoredValues() {
        LayeredNetwork network = Nets.linear(W, B);
        RobustLossBound linf = certifier(network, BallNorm.LINF).robustLoss(X, 0, 0.1);
        assertThat(linf.marginwise()).isCloseTo(0.8363589037, within(1e-5)).isGreaterThan(0.8363589036);
        assertThat(linf.surrogate()).isCloseTo(1.2111685830, within(1e-5)).isGreaterThan(1.2111685829);
        RobustLossBound l2 = certifier(network, BallNorm.L2).robustLoss(X, 0, 0.1);
        assertThat(l2.marginwise()).isCloseTo(0.7900753754, within(1e-5)).isGreaterThan(0.7900753753);
        assertThat(l2.surrogate()).isCloseTo(1.0185950465, within(1e-5)).isGreaterThan(1.0185950464);
        assertThat(certifier(network, BallNorm.L1).robustLoss(X, 0, 0).best()).isCloseTo(0.6361685830, within(1e-5));
        assertThat(certifier(network, BallNorm.LINF).robustLoss(X, 0, 1e300).best())
                .isInfinite();
    }

    private static double crossEntropy(double[] z, int label) {
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v - z[label]);
        }
        return Math.log(sum);
    }

    @Property(tries = 300, seed = "36")
    void nothingInsideContradicts(
            @ForAll Kind kind, @ForAll JacobianMethod jacobian, @ForAll BallNorm norm, @ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network =
                random.nextBoolean() ? Nets.dense(seed, kind, 3, 5, 4, 3) : Nets.dense(seed, kind, 3, 5, 4, 4, 3);
        double[] x = Nets.sample(random, 3);
        int label = Nets.argmax(network.logits(x));
        LocalLipschitzCertifier certifier = certifier(network, jacobian, norm);
        Certificate certificate = certifier.certify(x, label, 2);
        double radius = 0.3 * random.nextDouble();
        RobustLossBound loss = certifier.robustLoss(x, label, radius);
        for (int n = 0; n < 100; n++) {
            double there = crossEntropy(network.logits(Nets.around(x, radius, norm, random)), label);
            assertThat(there).isLessThanOrEqualTo(loss.marginwise()).isLessThanOrEqualTo(loss.surrogate());
            if (certificate instanceof Certified certified) {
                double[] z = network.logits(Nets.around(x, certified.radius(), norm, random));
                for (int j = 0; j < z.length; j++) {
                    assertThat(j == label || z[label] - z[j] >= certified.margin() - 1e-13)
                            .isTrue();
                }
            }
        }
    }

    /** On networks of five layers, tighter constants give larger radii (3.9, 5.8, 6.4 in sum) and smaller losses (430, 319, 158). */
    @Test
    void relaxedJacobiansCertifyMore() {
        double[] radius = new double[3];
        double[] loss = new double[3];
        for (int seed = 0; seed < 40; seed++) {
            LayeredNetwork network = Nets.dense(seed, Kind.RELU, 3, 8, 8, 8, 8, 3);
            double[] x = Nets.sample(new Random(seed), 3);
            int label = Nets.argmax(network.logits(x));
            for (JacobianMethod jacobian : JacobianMethod.values()) {
                LocalLipschitzCertifier certifier = certifier(network, jacobian, BallNorm.LINF);
                radius[jacobian.ordinal()] += certifier.certify(x, label, 2).radius();
                loss[jacobian.ordinal()] += certifier.robustLoss(x, label, 0.3).best();
            }
        }
        assertThat(radius[1]).isGreaterThan(1.01 * radius[0]);
        assertThat(radius[2]).isGreaterThan(radius[1]);
        assertThat(loss[1]).isLessThan(0.99 * loss[0]);
        assertThat(loss[2]).isLessThan(loss[1]);
    }

    /** The distance to the nearest other class along 180 directions, in steps of 0.02. */
    private static double trueDistance(LayeredNetwork network, double[] x, int label) {
        double nearest = 5;
        for (int d = 0; d < 180; d++) {
            double angle = d * Math.PI / 90;
            double step = 2e-2;
            for (double r = step; r < nearest; r += step) {
                double[] y = {x[0] + r * Math.cos(angle), x[1] + r * Math.sin(angle)};
                if (Nets.argmax(network.logits(y)) != label) {
                    nearest = r;
                }
            }
        }
        return nearest;
    }

    @Property(tries = 25, seed = "37")
    void chainOfRadiiEndsAtTheTrueDistance(@ForAll long seed) {
        LayeredNetwork network = Nets.dense(seed, Kind.RELU, 2, 6, 5, 3);
        double[] x = Nets.sample(new Random(seed), 2);
        int label = Nets.argmax(network.logits(x));
        double product = LipschitzCertifier.of(network, BallNorm.L2, LipschitzMethod.MARGIN, Arithmetic.FLOAT64)
                .certify(x, label)
                .radius();
        double pairs = LipschitzCertifier.of(network, BallNorm.L2, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64)
                .certify(x, label)
                .radius();
        double local = certifier(network, BallNorm.L2).certify(x, label, 5).radius();
        double truth = trueDistance(network, x, label);
        assertThat(product).isLessThanOrEqualTo(pairs * (1 + 1e-9));
        assertThat(pairs).isLessThanOrEqualTo(truth);
        assertThat(local).isLessThanOrEqualTo(truth);
    }

    /** Cut by global constants, local radii are at least both; where the ball is large, more than either. */
    @Property(tries = 60, seed = "38")
    void neverBelowTheGlobalRadius(@ForAll BallNorm norm, @ForAll long seed) {
        LayeredNetwork network = Nets.dense(seed, Kind.RELU, 3, 12, 12, 12, 3);
        double[] x = Nets.sample(new Random(seed), 3);
        int label = Nets.argmax(network.logits(x));
        LipschitzCertifier global = LipschitzCertifier.of(network, norm, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
        LocalLipschitzCertifier local = certifier(network, norm);
        double radius = local.cutBy(global).certify(x, label, 3).radius();
        assertThat(radius)
                .isGreaterThanOrEqualTo(Math.min(3, global.certify(x, label).radius()));
        assertThat(radius).isGreaterThanOrEqualTo(local.certify(x, label, 3).radius() * (1 - 1e-3));
        Random random = new Random(seed);
        for (int n = 0; n < 200; n++) {
            assertThat(Nets.argmax(network.logits(Nets.around(x, radius, norm, random))))
                    .isEqualTo(label);
        }
        double loss = local.cutBy(global).robustLoss(x, label, 0.5).marginwise();
        assertThat(loss).isLessThanOrEqualTo(local.robustLoss(x, label, 0.5).marginwise());
        for (int n = 0; n < 50; n++) {
            assertThat(crossEntropy(network.logits(Nets.around(x, 0.5, norm, random)), label))
                    .isLessThanOrEqualTo(loss);
        }
    }

    /** Where all balls are so large that numbers overflow, local constants prove nothing, and global ones what they do by themselves. */
    @Test
    void globalRadiiStayWhereLocalConstantsFail() {
        LayeredNetwork network = Nets.linear(W, B);
        for (BallNorm norm : BallNorm.values()) {
            LipschitzCertifier global =
                    LipschitzCertifier.of(network, norm, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
            double radius = global.certify(X, 0).radius();
            assertThat(radius).isPositive();
            assertThat(certifier(network, norm).certify(X, 0, 1e300).radius()).isZero();
            assertThat(certifier(network, norm)
                            .cutBy(global)
                            .certify(X, 0, 1e300)
                            .radius())
                    .isGreaterThanOrEqualTo(radius);
        }
    }

    /** A product of 1000 alone may be off by 6e-5 in float32, 0.3 % of the margin. */
    @Test
    void roundingOfTheNetworkIsTakenOff() {
        BoundGraph graph = graph(Nets.linear(new double[][] {{1000, -1000}, {0, 0}}, 0, 0));
        double[] x = {1, 0.99998};
        double[] radius = new double[2];
        double[] loss = new double[2];
        for (int k = 0; k < 2; k++) {
            LocalLipschitzCertifier certifier = LocalLipschitzCertifier.of(
                    graph,
                    BallNorm.L2,
                    InputBox.unbounded(),
                    BoundMethod.CROWN,
                    k == 0 ? Arithmetic.FLOAT32 : Arithmetic.FLOAT64);
            radius[k] = certifier.certify(x, 0, 1).radius();
            loss[k] = certifier.robustLoss(x, 0, 1e-6).marginwise();
        }
        assertThat(radius[0]).isPositive().isLessThan(0.997 * radius[1]);
        assertThat(loss[0]).isGreaterThan(loss[1] + 2e-5);
    }

    @Test
    void constantsOfAnotherNetworkAreRefused() {
        LayeredNetwork network = Nets.dense(1, Kind.RELU, 2, 4, 3);
        LayeredNetwork other = Nets.dense(2, Kind.RELU, 2, 4, 3);
        LipschitzCertifier global =
                LipschitzCertifier.of(other, BallNorm.L2, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> certifier(network, BallNorm.LINF).cutBy(global))
                .withMessageContaining("same norm");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        certifier(network, BallNorm.L2).cutBy(global).certify(X, Nets.argmax(network.logits(X)), 1))
                .withMessageContaining("same network");
    }

    @Test
    void tiesAndBadInput() {
        LayeredNetwork tied = Nets.linear(new double[][] {{1, 0}, {1, 0}}, 0, 0);
        assertThat(certifier(tied, BallNorm.L2).certify(X, 0, 1))
                .isInstanceOfSatisfying(
                        NotCertified.class, n -> assertThat(n.reason()).isEqualTo(NotCertified.Reason.TIE));
        LocalLipschitzCertifier certifier = certifier(Nets.linear(W, B), BallNorm.L2);
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.certify(X, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.certify(X, 0, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.robustLoss(X, 0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.certify(new double[] {Double.NaN, 0}, 0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> certifier(Nets.linear(new double[][] {{1, 2}}, 0), BallNorm.L2));
    }
}
