package org.jacreg.bounds.certify.lipschitz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.LinearLayer;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Radii against closed forms, points inside them, exact evaluation and evaluation in float32. */
class LipschitzCertifierTest {

    private static final double[][] W = {{1, -2}, {0.5, 1}, {-1, 0.25}};
    private static final double[] X = {0.3, -0.1};

    private static LipschitzCertifier certifier(LayeredNetwork network, BallNorm norm, Arithmetic arithmetic) {
        return LipschitzCertifier.of(network, norm, LipschitzMethod.PAIRWISE, arithmetic);
    }

    @Test
    void linearRadiiAreDistancesToTheBoundary() {
        LayeredNetwork network = Nets.linear(W, 0.1, -0.2, 0.05);
        double[] z = {0.6, -0.15, -0.275};
        for (BallNorm norm : BallNorm.values()) {
            double distance = Double.POSITIVE_INFINITY;
            for (int j = 1; j < 3; j++) {
                double[] row = {W[0][0] - W[j][0], W[0][1] - W[j][1]};
                distance = Math.min(distance, (z[0] - z[j]) / Nets.norm(row, Nets.dual(norm)));
            }
            Certificate real = certifier(network, norm, Arithmetic.REAL).certify(X, 0);
            assertThat(real.radius()).isLessThanOrEqualTo(distance).isCloseTo(distance, within(1e-11));
            Certificate single = certifier(network, norm, Arithmetic.FLOAT32).certify(X, 0);
            assertThat(single.radius()).isLessThan(real.radius()).isCloseTo(distance, within(1e-4));
        }
        Certificate margin = LipschitzCertifier.of(network, BallNorm.L2, LipschitzMethod.MARGIN, Arithmetic.REAL)
                .certify(X, 0);
        assertThat(margin.radius()).isCloseTo(0.75 / (Math.sqrt(2) * 2.4292494997), within(1e-9));
    }

    @Test
    void tiesAndOtherClassesAreNotCertified() {
        LayeredNetwork network = Nets.linear(new double[][] {{1, 0}, {1, 0}, {0, 1}}, 0, 0, 0);
        LipschitzCertifier certifier = certifier(network, BallNorm.L2, Arithmetic.REAL);
        double[] tied = {1, 0};
        assertThat(certifier.certify(tied, 0))
                .isInstanceOfSatisfying(
                        NotCertified.class, n -> assertThat(n.reason()).isEqualTo(NotCertified.Reason.TIE));
        assertThat(certifier.certify(tied, 2))
                .isInstanceOfSatisfying(
                        NotCertified.class, n -> assertThat(n.reason()).isEqualTo(NotCertified.Reason.MISCLASSIFIED));
        assertThat(certifier.certify(tied, 0).radius()).isEqualTo(-1);
    }

    @Test
    void badInput() {
        LayeredNetwork network = Nets.linear(W, 0, 0, 0);
        LipschitzCertifier certifier = certifier(network, BallNorm.L2, Arithmetic.REAL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> certifier.certify(new double[] {Double.NaN, 0}, 0))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.certify(new double[3], 0));
        assertThatIllegalArgumentException().isThrownBy(() -> certifier.certify(X, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> certifier(Nets.linear(new double[][] {{1, 2}}, 0), BallNorm.L2, Arithmetic.REAL))
                .withMessageContaining("1 class");
    }

    @Test
    void constantNetworksAndHugeNumbers() {
        LayeredNetwork constant = Nets.linear(new double[][] {{0, 0}, {0, 0}}, 1, 0);
        assertThat(certifier(constant, BallNorm.LINF, Arithmetic.FLOAT32)
                        .certify(X, 0)
                        .radius())
                .isBetween(1e20, Double.MAX_VALUE);
        LayeredNetwork huge = Nets.linear(new double[][] {{1e36, 0}, {0, 1e36}}, 0, 0);
        assertThat(certifier(huge, BallNorm.LINF, Arithmetic.FLOAT32).certify(new double[] {1, 0.5}, 0))
                .isInstanceOfSatisfying(
                        NotCertified.class, n -> assertThat(n.reason()).isEqualTo(NotCertified.Reason.OVERFLOW));
    }

    @Property(tries = 300, seed = "39")
    void noPointInsideChangesTheClass(@ForAll Kind kind, @ForAll BallNorm norm, @ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = Nets.dense(seed, kind, 3, 5, 4, 3);
        double[] x = Nets.sample(random, 3);
        int label = Nets.argmax(network.logits(x));
        Certificate pairwise = certifier(network, norm, Arithmetic.FLOAT64).certify(x, label);
        Certificate margin = LipschitzCertifier.of(network, norm, LipschitzMethod.MARGIN, Arithmetic.FLOAT64)
                .certify(x, label);
        assertThat(margin.radius()).isLessThanOrEqualTo(pairwise.radius() * (1 + 1e-9));
        if (!(pairwise instanceof Certified certified)) {
            return;
        }
        for (int n = 0; n < 200; n++) {
            double[] z = network.logits(Nets.around(x, certified.radius(), norm, random));
            for (int j = 0; j < z.length; j++) {
                assertThat(j == label || z[label] - z[j] >= certified.margin()).isTrue();
            }
        }
    }

    /** Evaluates a rectifier network without rounding. */
    private static BigDecimal[] exactly(LayeredNetwork network, double[] x) {
        BigDecimal[] h = new BigDecimal[x.length];
        for (int i = 0; i < x.length; i++) {
            h[i] = new BigDecimal(x[i]);
        }
        List<LinearLayer> layers = network.linearLayers();
        for (int l = 0; l < layers.size(); l++) {
            Affine layer = (Affine) layers.get(l);
            BigDecimal[] next = new BigDecimal[layer.outputs()];
            for (int i = 0; i < next.length; i++) {
                next[i] = new BigDecimal(layer.bias()[i]);
                for (int k = 0; k < h.length; k++) {
                    next[i] = next[i].add(new BigDecimal(layer.row(i)[k]).multiply(h[k]));
                }
                next[i] = l < layers.size() - 1 ? next[i].max(BigDecimal.ZERO) : next[i];
            }
            h = next;
        }
        return h;
    }

    /** The same in float32, sums from the other end. */
    private static float[] inSingle(LayeredNetwork network, double[] x) {
        float[] h = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            h[i] = (float) x[i];
        }
        List<LinearLayer> layers = network.linearLayers();
        for (int l = 0; l < layers.size(); l++) {
            Affine layer = (Affine) layers.get(l);
            float[] next = new float[layer.outputs()];
            for (int i = 0; i < next.length; i++) {
                float sum = 0;
                for (int k = h.length - 1; k >= 0; k--) {
                    sum += (float) layer.row(i)[k] * h[k];
                }
                sum += (float) layer.bias()[i];
                next[i] = l < layers.size() - 1 ? Math.max(sum, 0) : sum;
            }
            h = next;
        }
        return h;
    }

    @Property(tries = 200, seed = "40")
    void errorsCoverExactAndSingleEvaluation(@ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = Nets.dense(seed, Kind.RELU, 20, 30, 30, 3);
        double[] x = new double[20];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        FloatErrors errors = new FloatErrors(network, GlobalLipschitz.of(network, BallNorm.LINF), Arithmetic.FLOAT32);
        SampleErrors at = errors.at(x);
        BigDecimal[] exact = exactly(network, x);
        double radius = 0.5;
        double[] y = Nets.around(x, radius, BallNorm.LINF, random);
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) y[i];
        }
        BigDecimal[] exactThere = exactly(network, y);
        float[] there = inSingle(network, y);
        for (int c = 0; c < exact.length; c++) {
            assertThat(exact[c].subtract(new BigDecimal(at.logit(c))).abs().doubleValue())
                    .isLessThanOrEqualTo(at.own(c));
            // weights are rounded to float32 there too, one more of the 16 operations that gamma has to spare
            double allowed = at.evaluated(c) + errors.growth()[c] * radius;
            assertThat(exactThere[c].subtract(new BigDecimal(there[c])).abs().doubleValue())
                    .isLessThanOrEqualTo(allowed);
        }
    }

    @Test
    void batchesOfAClassifier() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT);
        Classifier model = Classifier.of(sd).build();
        LayeredNetwork network = LayeredNetwork.of(sd);
        INDArray x = SmallNets.inputs(DataType.FLOAT, 3, 20, 4);
        int[] labels = model.logits(x).argMax(1).toIntVector();
        INDArray before = x.dup();
        LipschitzCertifier single = certifier(network, BallNorm.L2, Arithmetic.FLOAT32);
        List<Certificate> batch = single.certify(model, x, labels);
        assertThat(batch).hasSize(20);
        for (int n = 0; n < 20; n++) {
            assertThat(batch.get(n))
                    .isEqualTo(
                            single.certify(x.getRow(n).castTo(DataType.DOUBLE).toDoubleVector(), labels[n]));
            assertThat(batch.get(n).certified()).isTrue();
        }
        assertThat(x).isEqualTo(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        certifier(network, BallNorm.L2, Arithmetic.FLOAT64).certify(model, x, labels))
                .withMessageContaining("FLOAT32");
        Classifier other =
                Classifier.of(SmallNets.mlp(DataType.FLOAT, 8, 4, 5, 3)).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> single.certify(other, x, labels))
                .withMessageContaining("rounding explains");
        Classifier boxed = Classifier.of(sd).bounds(0, 1).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> single.certify(boxed, Nd4j.valueArrayOf(new long[] {1, 4}, 2f), new int[] {0}))
                .withMessageContaining("InputBox");
    }
}
