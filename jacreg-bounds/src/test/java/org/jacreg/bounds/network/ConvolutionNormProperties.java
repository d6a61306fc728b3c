package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.bounds.network.ConvolutionGraphs.Geometry;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions of random geometry against the matrix that SameDiff's own convolution is. */
class ConvolutionNormProperties {

    /** SameDiff's matrix and the singular values of it err by some 1e-14. */
    private static final double ROUNDING = 1e-12;

    @Provide
    Arbitrary<Geometry> geometries() {
        Arbitrary<Integer> size = Arbitraries.integers().between(1, 6);
        Arbitrary<Integer> few = Arbitraries.integers().between(1, 3);
        Arbitrary<int[]> image = Combinators.combine(size, size, few, few).as((h, w, i, o) -> new int[] {h, w, i, o});
        Arbitrary<int[]> window =
                Combinators.combine(few, few, few, few).as((kh, kw, sh, sw) -> new int[] {kh, kw, sh, sw});
        return Combinators.combine(
                        image,
                        window,
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.longs())
                .as((i, k, pad, dilation, same, last, seed) ->
                        new Geometry(i[0], i[1], i[2], i[3], k[0], k[1], k[2], k[3], pad, dilation, same, last, seed))
                .filter(Geometry::fits);
    }

    private static Convolution read(Geometry g) {
        SameDiff sd = ConvolutionGraphs.graph(g);
        LayeredNetwork network =
                LayeredNetwork.of(GraphModel.builder(sd).logits("z").build());
        assertThat(network.layers()).hasSize(1);
        return (Convolution) network.layers().get(0);
    }

    private static RealMatrix matrix(Geometry g) {
        long[] sample = g.channelsLast()
                ? new long[] {g.height(), g.width(), g.inputs()}
                : new long[] {g.inputs(), g.height(), g.width()};
        return ConvolutionGraphs.matrix(ConvolutionGraphs.graph(g), "z", sample);
    }

    private static double operatorNorm(RealMatrix matrix) {
        return new SingularValueDecomposition(matrix).getNorm();
    }

    @Property(tries = 150, seed = "19")
    void multipliesAsSameDiffDoes(@ForAll("geometries") Geometry g, @ForAll long seed) {
        Convolution layer = read(g);
        long[] shape = g.channelsLast()
                ? new long[] {2, g.height(), g.width(), g.inputs()}
                : new long[] {2, g.inputs(), g.height(), g.width()};
        INDArray x = SmallNets.inputs(DataType.DOUBLE, seed, shape);
        double[][] expected =
                ConvolutionGraphs.graph(g).outputSingle(Map.of("x", x), "z").toDoubleMatrix();
        double[][] samples = x.reshape('c', 2, x.length() / 2).toDoubleMatrix();
        for (int n = 0; n < 2; n++) {
            assertThat(layer.apply(samples[n])).containsExactly(expected[n], within(1e-11));
        }
        RealMatrix matrix = matrix(g);
        double[] y =
                SmallNets.inputs(DataType.DOUBLE, seed + 1, layer.outputs()).toDoubleVector();
        assertThat(layer.multiplyTransposed(y)).containsExactly(matrix.preMultiply(y), within(1e-11));
    }

    @Property(tries = 200, seed = "20")
    void normsAreThoseOfTheMatrix(@ForAll("geometries") Geometry g) {
        Convolution layer = read(g);
        RealMatrix matrix = matrix(g);
        LayerNorms norms =
                LayeredNetwork.of(java.util.List.of(layer)).norms().layers().get(0);

        assertUpperBound(norms.operator(), operatorNorm(matrix), 1e-8);
        assertUpperBound(norms.frobenius(), matrix.getFrobeniusNorm(), ROUNDING);
        double rowSum = 0;
        double maxRow = 0;
        for (int i = 0; i < matrix.getRowDimension(); i++) {
            rowSum += matrix.getRowVector(i).getNorm();
            maxRow = Math.max(maxRow, matrix.getRowVector(i).getL1Norm());
        }
        double maxColumn = 0;
        for (int j = 0; j < matrix.getColumnDimension(); j++) {
            maxColumn = Math.max(maxColumn, matrix.getColumnVector(j).getL1Norm());
        }
        assertUpperBound(norms.rowSum21(), rowSum, ROUNDING);
        assertUpperBound(norms.maxRowL1(), maxRow, ROUNDING);
        assertUpperBound(norms.maxColumnL1(), maxColumn, ROUNDING);
        assertThat(norms.inputs()).isEqualTo(matrix.getColumnDimension());
        assertThat(norms.outputs()).isEqualTo(matrix.getRowDimension());
        assertThat(norms.parameters()).isEqualTo((long) g.kernelHeight() * g.kernelWidth() * g.inputs() * g.outputs());
    }

    /** Zeros of the matrix where all taps lie on padding make norms zero in both. */
    private static void assertUpperBound(double bound, double exact, double slack) {
        assertThat(bound).isBetween(exact * (1 - 1e-13), exact * (1 + slack) + 1e-300);
    }

    /** The symbol's bound holds for every geometry, also where it is not the one taken. */
    @Property(tries = 200, seed = "21")
    void theSymbolIsNeverBelowTheNorm(@ForAll("geometries") Geometry g) {
        double exact = operatorNorm(matrix(g));
        assertThat(SymbolBound.of(read(g))).isGreaterThanOrEqualTo(exact * (1 - 1e-13));
    }
}
