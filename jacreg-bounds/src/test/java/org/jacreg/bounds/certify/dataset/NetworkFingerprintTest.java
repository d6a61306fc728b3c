package org.jacreg.bounds.certify.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundGraphBuilder;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Convolution;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.network.Scaling;
import org.jacreg.bounds.network.SlidingAxis;
import org.junit.jupiter.api.Test;

class NetworkFingerprintTest {

    /** One thing is changed at a time. */
    private enum Change {
        NOTHING,
        WEIGHT,
        BIAS,
        KIND,
        PARAMETER,
        WIRING,
        WINDOW,
        ORDER,
        ARITHMETIC
    }

    private static String graph(Change change) {
        BoundGraphBuilder builder = BoundGraph.builder(2);
        double w = change == Change.WEIGHT ? Math.nextUp(2.0) : 2;
        double b = change == Change.BIAS ? Math.nextUp(.5) : .5;
        Kind kind = change == Change.KIND ? Kind.ELU : Kind.LEAKY_RELU;
        double slope = change == Change.PARAMETER ? .2 : .1;
        int dense = builder.dense(0, new double[][] {{1, w}, {3, 4}}, new double[] {0, b});
        int active = builder.activation(dense, new ActivationFunction(kind, slope));
        int sum = builder.add(active, change == Change.WIRING ? 0 : dense);
        int[][] windows = {{0, 1}, {change == Change.WINDOW ? 0 : 1}};
        int most = builder.maximum(sum, windows);
        int both = change == Change.ORDER ? builder.concatenate(active, most) : builder.concatenate(most, active);
        return builder.build(both, change == Change.ARITHMETIC ? Arithmetic.FLOAT32 : Arithmetic.FLOAT64)
                .fingerprint();
    }

    @Test
    void everythingThatAGraphComputesWithIsInItsHash() {
        Set<String> hashes = new HashSet<>();
        for (Change change : Change.values()) {
            hashes.add(graph(change));
            assertThat(graph(change)).matches("[0-9a-f]{64}").isEqualTo(graph(change));
        }
        assertThat(hashes).hasSize(Change.values().length);
    }

    private static String layers(Layer... layers) {
        return LayeredNetwork.of(List.of(layers)).fingerprint();
    }

    private static SlidingAxis axis(int size, int taps, int stride) {
        return new SlidingAxis(size, (size - taps) / stride + 1, taps, stride, 0, 1);
    }

    private static Convolution convolution(int stride, double weight, double bias, boolean channelsLast) {
        SlidingAxis axis = axis(4, 2, stride);
        return new Convolution(
                "conv", axis, axis, 1, channelsLast, new double[] {1, weight, 3, 4}, new double[] {bias});
    }

    @Test
    void everythingThatLayersComputeWithIsInTheirHash() {
        double[][] rows = {{1, 2}, {3, 4}};
        String plain = layers(new Affine("dense", rows, new double[] {0, 1}));
        assertThat(layers(new Affine("other", rows, new double[] {0, 1}))).isEqualTo(plain);
        Activation relu = new Activation("a", new ActivationFunction(Kind.RELU, 0), 2);
        Activation tanh = new Activation("a", new ActivationFunction(Kind.TANH, 0), 2);
        Layer dense = new Affine("dense", rows, new double[] {0, 1});
        Layer first = convolution(2, 2, 0, false);
        List<String> different = List.of(
                plain,
                layers(new Affine("dense", rows, new double[] {0, 2})),
                layers(new Affine("dense", new double[][] {{1, 2}, {3, 5}}, new double[] {0, 1})),
                layers(dense, relu),
                layers(dense, tanh),
                layers(dense, new Scaling("s", new double[] {1, 2}, new double[2])),
                layers(dense, new Scaling("s", new double[] {1, 3}, new double[2])),
                layers(dense, new Scaling("s", new double[] {1, 2}, new double[] {0, 1})),
                layers(first),
                layers(convolution(1, 2, 0, false)),
                layers(convolution(2, 3, 0, false)),
                layers(convolution(2, 2, 1, false)),
                layers(convolution(2, 2, 0, true)),
                layers(first, new Pooling("p", Pooling.Kind.MAXIMUM, pooled(2), pooled(2), 1, false)),
                layers(first, new Pooling("p", Pooling.Kind.MEAN, pooled(2), pooled(2), 1, false)),
                layers(first, new Pooling("p", Pooling.Kind.MEAN, pooled(1), pooled(2), 1, false)));
        assertThat(new HashSet<>(different)).hasSameSizeAs(different);
    }

    private static SlidingAxis pooled(int taps) {
        return axis(2, taps, 1);
    }
}
