package org.jacreg.bounds.generalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.network.SlidingAxis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Theorems on networks whose layers are seen. */
class NetworkFactsTest {

    private static final Margins MARGINS = Margins.of(0.5, 1, 2, -1);

    private static Affine affine(String name, int in, int out, double biasSize, Random random) {
        double[][] weights = new double[out][in];
        double[] bias = new double[out];
        for (int i = 0; i < out; i++) {
            bias[i] = biasSize * random.nextGaussian();
            for (int j = 0; j < in; j++) {
                weights[i][j] = random.nextGaussian() / Math.sqrt(in);
            }
        }
        return new Affine(name, weights, bias);
    }

    private static LayeredNetwork network(ActivationFunction.Kind kind, double biasSize) {
        Random random = new Random(9);
        return LayeredNetwork.of(List.of(
                affine("first", 4, 6, biasSize, random),
                new Activation("phi 1", ActivationFunction.of(kind), 6),
                affine("second", 6, 5, biasSize, random),
                new Activation("phi 2", ActivationFunction.of(kind), 5),
                affine("last", 5, 3, biasSize, random)));
    }

    @ParameterizedTest
    @EnumSource(
            value = ActivationFunction.Kind.class,
            names = {"RELU", "TANH"})
    void logitsAndJacobiansStayWithinTheRangesOfTheTheorem(ActivationFunction.Kind kind) {
        for (double biasSize : new double[] {0, 0.7}) {
            LayeredNetwork network = network(kind, biasSize);
            NetworkFacts facts = NetworkFacts.of(network);
            assertThat(facts.norms().biases()).isEqualTo(biasSize > 0);
            double b = 2;
            GeneralizationBound bound =
                    RobustGap.l2(0.1).grid(UnionGrid.fixedInAdvance()).build().bound(facts, b, 100);
            double outputs = bound.term("R(loss), radius") / Math.sqrt(2);
            Random random = new Random(1);
            double largestOutput = 0;
            double largestJacobian = 0;
            for (int k = 0; k < 500; k++) {
                double[] x = random.doubles(4, -1, 1).toArray();
                double length = Math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]);
                for (int j = 0; j < 4; j++) {
                    x[j] *= b / length;
                }
                largestOutput = Math.max(largestOutput, length(network.logits(x)));
                largestJacobian = Math.max(largestJacobian, jacobian(network, x));
            }
            assertThat(largestOutput).isBetween(0.01 * outputs, outputs);
            // central differences err by 1e-9
            assertThat(largestJacobian).isBetween(0.01 * bound.term("Q"), bound.term("Q") * (1 + 1e-6));
        }
    }

    private static double length(double[] v) {
        double sum = 0;
        for (double a : v) {
            sum += a * a;
        }
        return Math.sqrt(sum);
    }

    private static double jacobian(LayeredNetwork network, double[] x) {
        double sum = 0;
        double h = 1e-6;
        for (int j = 0; j < x.length; j++) {
            double[] above = x.clone();
            double[] below = x.clone();
            above[j] += h;
            below[j] -= h;
            double[] a = network.logits(above);
            double[] c = network.logits(below);
            for (int i = 0; i < a.length; i++) {
                sum += Math.pow((a[i] - c[i]) / (2 * h), 2);
            }
        }
        return Math.sqrt(sum);
    }

    @Test
    void whatIsSeenNeedNotBeAssumed() {
        GeneralizationBound seen =
                RobustGap.l2(0.1).build().bound(NetworkFacts.of(network(ActivationFunction.Kind.RELU, 1)), 1, 100);
        assertThat(seen.term("second order")).isInfinite();
        assertThat(seen.assumed()).noneSatisfy(a -> assertThat(a.statement()).contains("pooling"));
        assertThat(seen.assumptions()).anySatisfy(a -> {
            assertThat(a.statement()).contains("biases are absorbed");
            assertThat(a.checked()).isTrue();
        });
        NetworkNorms alone = network(ActivationFunction.Kind.RELU, 0).norms();
        GeneralizationBound told = RobustGap.l2(0.1).relu().build().bound(alone, 1, 100);
        assertThat(told.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("no biases"));
        assertThat(told.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("max pooling"));
    }

    @Test
    void layersThatATheoremDoesNotCoverAreNamed() {
        NetworkFacts clipped = NetworkFacts.of(network(ActivationFunction.Kind.RELU6, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RobustGap.l2(0.1).build().bound(clipped, 1, 100))
                .withMessageContaining("activation 'phi 1' is RELU6, activation 'phi 2' is RELU6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(0.1).bound(clipped, 1, MARGINS))
                .withMessageContaining("RELU6");
        // these two ask for a Lipschitz constant and phi(0) = 0 only
        assertThat(SpectralMargin.delta(0.1).bound(clipped, 1, MARGINS).value()).isPositive();
        assertThat(PacBayesSpectral.delta(0.1).bound(clipped, 1, MARGINS).value())
                .isPositive();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpectralMargin.delta(0.1)
                        .bound(NetworkFacts.of(network(ActivationFunction.Kind.SIGMOID, 0)), 1, MARGINS))
                .withMessageContaining("activation's value at 0");
    }

    @Test
    void maxPoolingIsNamed() {
        Random random = new Random(4);
        SlidingAxis axis = new SlidingAxis(4, 2, 2, 2, 0, 1);
        List<Layer> layers = new ArrayList<>();
        layers.add(affine("first", 3, 16, 0, random));
        layers.add(new Pooling("pool", Pooling.Kind.MAXIMUM, axis, axis, 1, true));
        layers.add(affine("last", 4, 2, 0, random));
        NetworkFacts pooled = NetworkFacts.of(LayeredNetwork.of(layers));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrobeniusMargin.delta(0.1).bound(pooled, 1, MARGINS))
                .withMessageContaining("pooling 'pool' takes a maximum");
        assertThat(SpectralMargin.delta(0.1).bound(pooled, 1, MARGINS).value()).isPositive();
    }

    @Test
    void theConstantCoordinateLengthensTheSample() {
        NetworkFacts biased = NetworkFacts.of(network(ActivationFunction.Kind.RELU, 1));
        assertThat(biased.extended(3, 16)).isCloseTo(5, within(1e-14));
        assertThat(NetworkFacts.of(network(ActivationFunction.Kind.RELU, 0)).extended(3, 16))
                .isEqualTo(3);
        assertThat(biased.toString()).contains("3 layers").contains("layers seen");
    }

    @Test
    void aLayerWithoutParametersIsSaidToBeFixed() {
        LayerNorms scaling = new LayerNorms("input scale", 2, 2, 2, 2, 2, 2, 2, 0);
        NetworkNorms norms =
                NetworkNorms.of(List.of(scaling, ExampleNetworks.tiny().layers().get(0)), 1, 0);
        GeneralizationBound bound = RobustGap.l2(0.1).build().bound(norms, 1, 100);
        assertThat(bound.assumed()).anySatisfy(a -> assertThat(a.statement()).contains("'input scale'"));
        // four parameters count, and the first layer's cover is one point
        assertThat(bound.term("P")).isEqualTo(4);
    }
}
