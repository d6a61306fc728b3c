package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Norms of networks against singular values, hand-made numbers and slopes. */
class NetworkNormsTest {

    private static LayerNorms layer(double operator) {
        return new LayerNorms("l", operator, 2 * operator, 3, 4, 5, 6, 7, 8);
    }

    private static Affine random(Random random, int outputs, int inputs) {
        double[][] rows = new double[outputs][];
        for (int i = 0; i < outputs; i++) {
            rows[i] = random.doubles(inputs, -1, 1).toArray();
        }
        return new Affine("dense", rows, random.doubles(outputs, -1, 1).toArray());
    }

    @Test
    void products() {
        NetworkNorms norms = NetworkNorms.of(List.of(layer(2), layer(3), layer(0.5)), 0.25, 0.1);
        assertThat(norms.operatorProduct()).isBetween(3.0, 3.0 + 1e-14);
        assertThat(norms.frobeniusProduct()).isBetween(24.0, 24.0 + 1e-13);
        assertThat(norms.rowL1Product()).isBetween(64.0, 64.0 + 1e-12);
        assertThat(norms.lipschitz()).isBetween(3.0 / 16, 3.0 / 16 + 1e-14);
        assertThat(norms.parameters()).isEqualTo(24);
        assertThat(norms.maxWidth()).isEqualTo(7);
        assertThat(NetworkNorms.of(List.of(layer(0), layer(1e300), layer(1e300)), 1, 0)
                        .operatorProduct())
                .isZero();
        assertThat(NetworkNorms.of(List.of(layer(1e-200), layer(1e-200)), 1, 0).operatorProduct())
                .as("an underflow is rounded up")
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY})
    void refusesBadNumbers(double bad) {
        assertThatIllegalArgumentException().isThrownBy(() -> layer(bad)).withMessageContaining("operator norm");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LayerNorms("l", 1, 1, bad, 1, 1, 1, 1, 1))
                .withMessageContaining("sum of row norms: got " + bad);
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkNorms.of(List.of(layer(1)), bad, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkNorms.of(List.of(), 1, 0));
    }

    @Test
    void refusesNaNSmoothness() {
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkNorms.of(List.of(layer(1)), 1, Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LayerNorms("l", 1, 1, 1, 1, 1, 0, 1, 1))
                .withMessageContaining("inputs 0");
    }

    @Property(tries = 60, seed = "22")
    void denseNormsAreThoseOfTheMatrix(
            @ForAll @IntRange(min = 1, max = 12) int outputs,
            @ForAll @IntRange(min = 1, max = 12) int inputs,
            @ForAll long seed) {
        Affine last = random(new Random(seed), outputs, inputs);
        Affine hidden = random(new Random(seed + 1), inputs, outputs);
        Activation relu = new Activation("relu", ActivationFunction.of(Kind.RELU), inputs);
        LayeredNetwork network = LayeredNetwork.of(List.of(hidden, relu, last));
        assertNorms(network.norms().layers().get(1), matrix(last));
        assertNorms(network.normsWithBiases().layers().get(0), withBias(hidden, true));
        assertNorms(network.normsWithBiases().layers().get(1), withBias(last, false));
    }

    private static RealMatrix matrix(Affine layer) {
        RealMatrix matrix = new Array2DRowRealMatrix(layer.outputs(), layer.inputs());
        for (int i = 0; i < layer.outputs(); i++) {
            matrix.setRow(i, layer.row(i));
        }
        return matrix;
    }

    private static RealMatrix withBias(Affine layer, boolean withRow) {
        int n = layer.inputs();
        RealMatrix matrix = new Array2DRowRealMatrix(layer.outputs() + (withRow ? 1 : 0), n + 1);
        matrix.setSubMatrix(matrix(layer).getData(), 0, 0);
        for (int i = 0; i < layer.outputs(); i++) {
            matrix.setEntry(i, n, layer.bias()[i]);
        }
        if (withRow) {
            matrix.setEntry(layer.outputs(), n, 1);
        }
        return matrix;
    }

    private static void assertNorms(LayerNorms norms, RealMatrix matrix) {
        double rows = 0;
        double largestRow = 0;
        for (int i = 0; i < matrix.getRowDimension(); i++) {
            rows += matrix.getRowVector(i).getNorm();
            largestRow = Math.max(largestRow, matrix.getRowVector(i).getL1Norm());
        }
        assertBetween(norms.operator(), new SingularValueDecomposition(matrix).getNorm(), 1e-8);
        assertBetween(norms.frobenius(), matrix.getFrobeniusNorm(), 1e-12);
        assertBetween(norms.rowSum21(), rows, 1e-12);
        assertBetween(norms.maxRowL1(), largestRow, 1e-12);
        assertBetween(norms.maxColumnL1(), matrix.getNorm(), 1e-12);
        assertThat(norms.inputs()).isEqualTo(matrix.getColumnDimension());
        assertThat(norms.outputs()).isEqualTo(matrix.getRowDimension());
    }

    private static void assertBetween(double bound, double exact, double slack) {
        assertThat(bound).isBetween(exact * (1 - 1e-13), exact * (1 + slack));
    }

    /** No Jacobian of the graph itself, by central differences, is larger than the product of norms. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void lipschitzConstantHolds(long seed) {
        SameDiff mlp = SmallNets.mlp(DataType.DOUBLE, seed, 4, 6, 5, 3);
        assertSteeperThanAnyJacobian(mlp, SmallNets.inputs(DataType.DOUBLE, seed, 8, 4));
        assertSteeperThanAnyJacobian(
                SmallNets.conv(DataType.DOUBLE), SmallNets.inputs(DataType.DOUBLE, seed, 4, 1, 6, 6));
    }

    private static void assertSteeperThanAnyJacobian(SameDiff sd, INDArray x) {
        double lipschitz = LayeredNetwork.of(sd).norms().lipschitz();
        INDArray jacobians = CentralDifferences.jacobian(sd, "x", "logits", x);
        for (int n = 0; n < x.size(0); n++) {
            double[][] one = jacobians
                    .get(NDArrayIndex.point(n), NDArrayIndex.all(), NDArrayIndex.all())
                    .toDoubleMatrix();
            assertThat(new SingularValueDecomposition(new Array2DRowRealMatrix(one)).getNorm())
                    .isLessThan(lipschitz);
        }
    }

    /** In a linear network the biases absorbed give what the homogeneous network gives, slope by slope. */
    @Test
    void aGapWithoutActivationCountsAsOne() {
        Affine a = new Affine("a", new double[][] {{2}}, new double[] {0});
        Activation sigmoid = new Activation("s", ActivationFunction.of(Kind.SIGMOID), 1);
        LayeredNetwork network = LayeredNetwork.of(List.of(a, sigmoid, a, a));
        assertThat(network.norms().activationLipschitz()).isEqualTo(1);
        assertThat(network.norms().activationAtZero()).isEqualTo(0.5);
        LayeredNetwork sigmoids = LayeredNetwork.of(List.of(a, sigmoid, a));
        assertThat(sigmoids.norms().activationLipschitz()).isEqualTo(0.25);
        assertThat(sigmoids.norms().lipschitz()).isCloseTo(1, within(1e-8));
        // the coordinate that carries the 1 passes by the sigmoid
        assertThat(sigmoids.normsWithBiases().activationLipschitz()).isEqualTo(1);
    }

    @Test
    void twoActivationsInOneGap() {
        Affine a = new Affine("a", new double[][] {{1}}, new double[] {0});
        Activation tanh = new Activation("t", ActivationFunction.of(Kind.TANH), 1);
        Activation softplus = new Activation("s", ActivationFunction.of(Kind.SOFTPLUS), 1);
        NetworkNorms norms = LayeredNetwork.of(List.of(a, softplus, tanh, a)).norms();
        // beta = beta_tanh 1^2 + 1 * 1/4
        assertThat(norms.activationSmoothness()).isCloseTo(4 / (3 * Math.sqrt(3)) + 0.25, within(1e-12));
        assertThat(norms.activationLipschitz()).isEqualTo(1);
    }

    @Test
    void refusesActivationsAtTheEnds() {
        Affine a = new Affine("a", new double[][] {{1}}, new double[] {0});
        Activation tanh = new Activation("t", ActivationFunction.of(Kind.TANH), 1);
        for (List<Layer> layers : List.<List<Layer>>of(List.of(a, tanh), List.of(tanh, a))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> LayeredNetwork.of(layers).norms())
                    .withMessageContaining("begin and end");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> LayeredNetwork.of(List.of(tanh)));
    }

    @Test
    void distancesFromInitialisation() {
        Random random = new Random(3);
        List<Layer> before = List.of(random(random, 3, 4));
        List<Layer> after = List.of(random(random, 3, 4));
        RealMatrix difference = matrix((Affine) after.get(0)).subtract(matrix((Affine) before.get(0)));
        LayerNorms norms = LayeredNetwork.of(after)
                .distances(LayeredNetwork.of(before), false)
                .get(0);
        assertNorms(norms, difference);
        List<Layer> deeper = new ArrayList<>(before);
        deeper.add(random(random, 2, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayeredNetwork.of(deeper).distances(LayeredNetwork.of(before), false))
                .withMessageContaining("got 2 and 1 layers");
    }

    /** A convolution with its bias against the matrix [[W, b], [0, 1]]: a bound, and below the sum of the parts. */
    @Test
    void convolutionWithBias() {
        SlidingAxis axis = new SlidingAxis(4, 4, 3, 1, 1, 1);
        double[] kernel = new Random(1).doubles(18, -1, 1).toArray();
        Convolution convolution = new Convolution("c", axis, axis, 1, false, kernel, new double[] {0.5, -1});
        RealMatrix matrix = new Array2DRowRealMatrix(32, 17);
        convolution.forEachWeight(matrix::setEntry);
        double[] bias = convolution.bias();
        for (int i = 0; i < 32; i++) {
            matrix.setEntry(i, 16, bias[i]);
        }
        LayerNorms norms = LayeredNetwork.of(List.of(convolution))
                .normsWithBiases()
                .layers()
                .get(0);
        double exact = new SingularValueDecomposition(matrix).getNorm();
        assertThat(norms.operator()).isBetween(exact, convolution.operatorNorm() + Math.sqrt(16 * 1.25));
        assertBetween(norms.frobenius(), matrix.getFrobeniusNorm(), 1e-12);
        assertBetween(norms.maxColumnL1(), matrix.getNorm(), 1e-12);
        assertThat(norms.parameters()).isEqualTo(20);
    }
}
