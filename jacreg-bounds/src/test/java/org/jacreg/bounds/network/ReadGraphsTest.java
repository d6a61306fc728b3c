package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Ways in which graphs write layers, against SameDiff. */
class ReadGraphsTest {

    private static INDArray normal(long seed, long... shape) {
        return SmallNets.inputs(DataType.DOUBLE, seed, shape);
    }

    private static LayeredNetwork assertSame(SameDiff sd, long... shape) {
        LayeredNetwork network =
                LayeredNetwork.of(GraphModel.builder(sd).logits("z").build());
        INDArray x = normal(99, shape);
        INDArray expected = sd.outputSingle(Map.of("x", x), "z");
        INDArray difference = network.logits(x).sub(expected.reshape('c', shape[0], expected.length() / shape[0]));
        assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-11);
        return network;
    }

    @Test
    void arithmeticByConstants() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable a = sd.constant("a", normal(1, 4));
        SDVariable row = sd.constant("row", normal(2, 1, 4));
        SDVariable one = sd.constant("one", Nd4j.scalar(3.0));
        SDVariable h = x.sub(a).div(row).mul(2).add(1).sub(0.5).neg();
        h = h.rsub(4).div(3).add(one).mul(a);
        h = row.sub(h);
        h = h.mmul(sd.var("W", normal(3, 4, 3)));
        h = h.sub(sd.var("b", normal(4, 1, 3))).mul(sd.var("g", normal(5, 3)));
        sd.math().tanh(h).mmul("z", sd.var("V", normal(6, 3, 2)));
        LayeredNetwork network = assertSame(sd, 5, 4);
        assertThat(network.layers()).hasSize(3);
        assertThat(network.linearLayers()).allMatch(Affine.class::isInstance);
    }

    @Test
    void transposedWeights() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable h = sd.nn().relu(sd.mmul(x, sd.var("W", normal(1, 3, 4)), false, true, false), 0);
        sd.nn().reluLayer("r", h, sd.var("V", normal(2, 3, 5)), sd.var("c", normal(3, 5)));
        sd.nn().linear("z", sd.getVariable("r"), sd.var("U", normal(4, 5, 2)), sd.var("b", normal(5, 2)));
        assertThat(assertSame(sd, 6, 4).layers()).hasSize(5);
    }

    /** Shifting the input by a normalisation and padding with zeros do not commute: the folded bias differs at the edge. */
    @Test
    void inputNormalisationBeforeAPaddedConvolution() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 5, 5);
        SDVariable normalised =
                x.sub(sd.constant("mean", normal(1, 1, 2, 1, 1))).div(sd.constant("std", normal(2, 1, 2, 1, 1)));
        SDVariable y = convolution(sd, normalised, 2, 3, 1);
        sd.reshape("z", y, -1, 75);
        LayeredNetwork network = assertSame(sd, 3, 2, 5, 5);
        assertThat(network.layers()).hasSize(1);
        assertThat(network.parameters()).isEqualTo(9 * 2 * 3 + 3);
    }

    /** A normalisation pixel by pixel fits no kernel: it stays a layer. */
    @Test
    void normalisationByPixelStays() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 4, 4);
        SDVariable scaled = x.mul(sd.constant("scale", normal(1, 1, 1, 4, 4)));
        sd.reshape("z", convolution(sd, scaled, 1, 2, 1), -1, 32);
        LayeredNetwork network = assertSame(sd, 3, 1, 4, 4);
        assertThat(network.layers().get(0)).isInstanceOf(Scaling.class);
        assertThat(network.layers()).hasSize(2);
    }

    private static SDVariable convolution(SameDiff sd, SDVariable x, int inputs, int outputs, int padding) {
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .sH(1)
                .sW(1)
                .pH(padding)
                .pW(padding)
                .build();
        return sd.cnn()
                .conv2d(x, sd.var("K", normal(7, 3, 3, inputs, outputs)), sd.var("c", normal(8, outputs)), config);
    }

    @ParameterizedTest
    @CsvSource({"1,2,4,4", "3,4,4,2"})
    void batchNormalisationOp(int axis, int c1, int c2, int c3) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, c1, c2, c3);
        long channels = axis == 1 ? c1 : c3;
        SDVariable variance = sd.var("variance", normal(2, channels).mul(0.1).add(1));
        SDVariable y = sd.nn()
                .batchNorm(
                        x,
                        sd.var("mean", normal(1, channels)),
                        variance,
                        sd.var("gamma", normal(3, channels)),
                        sd.var("beta", normal(4, channels)),
                        1e-3,
                        axis);
        sd.reshape("z", y, -1, (long) c1 * c2 * c3);
        assertThat(assertSame(sd, 3, c1, c2, c3).layers()).hasSize(1);
    }

    @Test
    void scalingBetweenReluAndPoolingStays() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 6, 6);
        SDVariable h = sd.nn().relu(convolution(sd, x, 1, 2, 0), 0);
        h = h.mul(sd.constant("s", normal(1, 1, 2, 1, 1)));
        h = sd.cnn().maxPooling2d(h, pool(2, 2, 0, PaddingMode.VALID));
        sd.reshape(h, -1, 8).mmul("z", sd.var("W", normal(2, 8, 3)));
        LayeredNetwork network = assertSame(sd, 4, 1, 6, 6);
        assertThat(network.linearLayers()).hasSize(3);
        NetworkNorms norms = network.norms();
        assertThat(norms.poolingLipschitz()).isEqualTo(1);
        assertThat(norms.activationSmoothness()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    private static Pooling2DConfig pool(int kernel, int stride, int padding, PaddingMode mode) {
        return Pooling2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .pH(padding)
                .pW(padding)
                .paddingMode(mode)
                .build();
    }

    /** Poolings against SameDiff; the mean's constant against the singular values of the matrix that it is. */
    @ParameterizedTest
    @CsvSource({"2,2,0,VALID", "3,2,0,VALID", "3,1,1,VALID", "2,1,0,SAME", "3,2,0,SAME", "2,3,0,VALID"})
    void poolings(int kernel, int stride, int padding, PaddingMode mode) {
        for (boolean maximum : new boolean[] {true, false}) {
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 7, 7);
            SDVariable shifted = x.mul(1);
            Pooling2DConfig config = pool(kernel, stride, padding, mode);
            SDVariable h =
                    maximum ? sd.cnn().maxPooling2d(shifted, config) : sd.cnn().avgPooling2d(shifted, config);
            long size = sd.outputSingle(Map.of("x", Nd4j.zeros(DataType.DOUBLE, 1, 2, 7, 7)), h.name())
                    .length();
            sd.reshape("z", h, -1, size);
            Pooling pooling = (Pooling) assertSame(sd, 3, 2, 7, 7).layers().get(1);
            if (maximum) {
                assertNeverSteeper(pooling);
            } else {
                RealMatrix matrix = ConvolutionGraphs.matrix(sd, "z", 2, 7, 7);
                double exact = new SingularValueDecomposition(matrix).getNorm();
                assertThat(pooling.lipschitz()).isBetween(exact * (1 - 1e-13), exact * (1 + 1e-8));
            }
        }
    }

    /** Random pairs never show a steeper slope, and a bump at the busiest pixel shows the constant. */
    private static void assertNeverSteeper(Pooling pooling) {
        double steepest = 0;
        double[] zero = new double[pooling.inputs()];
        for (int i = 0; i < zero.length; i++) {
            double[] bump = zero.clone();
            bump[i] = 1;
            steepest = Math.max(steepest, distance(pooling.apply(bump), pooling.apply(zero)));
        }
        for (int k = 0; k < 50; k++) {
            double[] a = normal(2L * k, pooling.inputs()).toDoubleVector();
            double[] b = normal(2L * k + 1, pooling.inputs()).toDoubleVector();
            double ratio = distance(pooling.apply(a), pooling.apply(b)) / distance(a, b);
            assertThat(ratio).isLessThanOrEqualTo(pooling.lipschitz());
        }
        assertThat(pooling.lipschitz()).isCloseTo(steepest, within(1e-14));
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @Test
    void refusesNumbersThatAreNotFinite() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.getVariable("W2").getArr().putScalar(1, Double.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayeredNetwork.of(sd))
                .withMessageContaining("NaN")
                .withMessageContaining("wanted finite numbers");
    }

    @Test
    void refusesSequencesAndJumps() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        sd.nn().relu(x.mmul(sd.var("W", normal(1, 4, 3))), 0.5).mmul("z", sd.var("V", normal(2, 3, 2)));
        assertThatThrownBy(() ->
                        LayeredNetwork.of(GraphModel.builder(sd).logits("z").build()))
                .isInstanceOf(UnlayeredGraphException.class)
                .hasMessageContaining("cutoff is 0.5");
    }

    @Test
    void refusesLayersThatDoNotFit() {
        Affine two = new Affine("two", new double[][] {{1, 2}}, new double[] {0});
        Affine three = new Affine("three", new double[][] {{1, 2, 3}}, new double[] {0});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayeredNetwork.of(List.of(two, three)))
                .withMessageContaining("'three' takes 3 numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayeredNetwork.of(List.of(two)).logits(new double[3]))
                .withMessageContaining("got 3 numbers, wanted 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> two.minus(three))
                .withMessageContaining("cannot be compared");
    }
}
