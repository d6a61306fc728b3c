package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.jacreg.jacobian.Oracle.close;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Singular values, ranks and condition numbers, against LAPACK's decomposition of the full matrix and known spectra. */
class SingularValuesTest {

    /** LAPACK's gesvd, through OpenBLAS. */
    private static INDArray byLapack(INDArray matrix) {
        int rows = (int) matrix.size(0);
        int columns = (int) matrix.size(1);
        INDArray s = Nd4j.create(DataType.DOUBLE, Math.min(rows, columns));
        INDArray u = Nd4j.create(DataType.DOUBLE, new long[] {rows, rows}, 'f');
        INDArray vt = Nd4j.create(DataType.DOUBLE, new long[] {columns, columns}, 'f');
        Nd4j.getBlasWrapper().lapack().gesvd(matrix.dup('f'), s, u, vt);
        return s;
    }

    private static SameDiff linear(double[][] jacobian) {
        return SmallNets.linear(jacobian, new double[jacobian.length]);
    }

    private static RealMatrix orthogonal(int size, long seed) {
        Random random = new Random(seed);
        double[][] entries = new double[size][size];
        for (double[] row : entries) {
            for (int i = 0; i < size; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return new QRDecomposition(new Array2DRowRealMatrix(entries)).getQ();
    }

    /** U diag(values) V^T. */
    private static double[][] withSpectrum(int rows, int columns, double... values) {
        RealMatrix middle = new Array2DRowRealMatrix(rows, columns);
        for (int k = 0; k < values.length; k++) {
            middle.setEntry(k, k, values[k]);
        }
        return orthogonal(rows, 1)
                .multiply(middle)
                .multiply(orthogonal(columns, 2).transpose())
                .getData();
    }

    @ParameterizedTest
    @CsvSource({"3,4", "1,5", "5,1", "1,1", "4,4", "6,3", "10,200", "70,90", "90,70"})
    void agreeWithLapack(int classes, int features) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE, 3, features, 8, classes);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, features);
        Jacobian jacobian = Jacobian.of(sd);
        INDArray actual = jacobian.singularValues(x);
        INDArray full = jacobian.compute(x);
        JacobianNorms norms = jacobian.norms(x);
        int count = Math.min(classes, features);
        assertThat(actual.shape()).containsExactly(3, count);
        for (int n = 0; n < 3; n++) {
            INDArray expected = byLapack(full.slice(n).reshape(classes, features));
            double largest = expected.getDouble(0);
            // Backward stable on both sides: some eps times the norm of the matrix.
            close(actual.slice(n).reshape(count), expected, 1e-14 * (1 + largest));
            assertThat(norms.spectral().getDouble(n)).isCloseTo(largest, within(1e-12 * largest));
        }
    }

    static Stream<GoldenCase> golden() {
        return Golden.all().stream();
    }

    /** The entries are PyTorch's; sums of squares and the decomposition are not ours. */
    @ParameterizedTest
    @MethodSource
    void golden(GoldenCase golden) {
        Jacobian jacobian = Jacobian.builder(GoldenGraph.build(golden, DataType.DOUBLE))
                .logits(GoldenGraph.output(golden))
                .build();
        INDArray x = golden.array("x");
        INDArray expected = golden.array("jacobian").reshape(golden.batch(), golden.classes(), -1);
        INDArray actual = jacobian.singularValues(x);
        JacobianNorms norms = jacobian.norms(x);
        INDArray u = SmallNets.inputs(DataType.DOUBLE, 5, x.shape());
        INDArray along = jacobian.jvp(x, u);
        for (int n = 0; n < golden.batch(); n++) {
            INDArray j = expected.slice(n).reshape(golden.classes(), -1);
            INDArray values = byLapack(j);
            // Golden entries are exact to 1e-10; singular values move by no more than the norm of what entries are off.
            double tolerance = 1e-9 * (1 + values.getDouble(0));
            close(actual.slice(n).reshape(values.length()), values, tolerance);
            assertThat(norms.spectral().getDouble(n)).isCloseTo(values.getDouble(0), within(tolerance));
            assertThat(norms.l21().getDouble(n))
                    .isCloseTo(j.norm2(0).sumNumber().doubleValue(), within(10 * tolerance));
            close(along.slice(n).reshape(golden.classes(), 1), j.mmul(u.slice(n).reshape(-1, 1)), 100 * tolerance);
        }
    }

    /** The square root of an eigenvalue of J J^T would lose all digits of what is below 1e-8. */
    @Test
    void smallOnesAreRightToo() {
        double[] spectrum = {3, 1, 1e-4, 1e-9, 1e-12};
        Jacobian jacobian = Jacobian.of(linear(withSpectrum(5, 40, spectrum)));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 2, 40);
        INDArray actual = jacobian.singularValues(x);
        for (int k = 0; k < spectrum.length; k++) {
            // The matrix itself is built with errors of some eps times 3.
            assertThat(actual.getDouble(1, k)).isCloseTo(spectrum[k], within(5e-15));
        }
        assertThat(jacobian.rank(x, 1e-13)).containsExactly(5, 5);
        assertThat(jacobian.rank(x, 1e-10)).containsExactly(4, 4);
        assertThat(jacobian.rank(x, 1e-3)).containsExactly(2, 2);
        // 3 / 1e-12, the denominator good to 5e-15.
        assertThat(jacobian.condition(x).getDouble(0)).isCloseTo(3e12, within(0.01 * 3e12));
        Jacobian tall = Jacobian.of(linear(withSpectrum(40, 5, spectrum)));
        INDArray z = SmallNets.inputs(DataType.DOUBLE, 1, 2, 5);
        assertThat(tall.singularValues(z).getDouble(0, 4)).isCloseTo(1e-12, within(5e-15));
    }

    /** Sides beyond the Gram matrix: Lanczos, with close and with equal largest values. */
    @Test
    void theLargestOfLargeMatrices() {
        for (double second : new double[] {1, 1.9999999, 2}) {
            double[] spectrum = new double[80];
            java.util.Arrays.setAll(spectrum, k -> k == 0 ? 2 : second / (1 + 0.01 * (k - 1)));
            Jacobian jacobian = Jacobian.of(linear(withSpectrum(80, 100, spectrum)));
            INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 1, 100);
            assertThat(jacobian.norms(x).spectral().getDouble(0)).isCloseTo(2, within(1e-12));
        }
    }

    @Test
    void zeroMatricesAndDependentRows() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 2, 3);
        Jacobian zero = Jacobian.of(linear(new double[][] {{0, 0, 0}, {0, 0, 0}}));
        assertThat(zero.singularValues(x).maxNumber().doubleValue()).isZero();
        assertThat(zero.rank(x, 1e-12)).containsExactly(0, 0);
        assertThat(zero.condition(x).getDouble(0)).isInfinite();
        assertThat(zero.norms(x).spectral().getDouble(1)).isZero();
        Jacobian one = Jacobian.of(linear(new double[][] {{1, 2, 3}, {2, 4, 6}}));
        assertThat(one.rank(x, 1e-12)).containsExactly(1, 1);
        assertThat(one.condition(x).getDouble(0)).isGreaterThan(1e14);
    }

    /** Squares of such entries overflow, or vanish. */
    @Test
    void extremeScales() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 1, 2);
        for (double scale : new double[] {1e200, 1e-200}) {
            Jacobian jacobian = Jacobian.of(linear(new double[][] {{3 * scale, 0}, {0, 4 * scale}}));
            assertThat(jacobian.norms(x).spectral().getDouble(0)).isCloseTo(4 * scale, within(1e-12 * scale));
            assertThat(jacobian.singularValues(x).getDouble(0, 1)).isCloseTo(3 * scale, within(1e-12 * scale));
            assertThat(jacobian.condition(x).getDouble(0)).isCloseTo(4.0 / 3, within(1e-12));
        }
    }

    @Test
    void tolerancesOutOfRange() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 2, 4);
        for (double tolerance : new double[] {-1e-3, 1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jacobian.rank(x, tolerance))
                    .withMessageContaining("[0, 1)");
        }
    }

    /** Whatever the smallest one is, squared or not: the spectrum that the matrix was built with. */
    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.11, 0.09, 1e-2, 1e-6, 1e-8, 1e-10, 0})
    void squaringLosesNothingThatMatters(double smallest) {
        double[] spectrum = {1, 0.95, smallest};
        for (SampleMatrix matrix : List.of(
                new SampleMatrix(withSpectrum(3, 50, spectrum)), new SampleMatrix(withSpectrum(50, 3, spectrum)))) {
            double[] careful = matrix.singularValues(0.1);
            double[] rough = matrix.singularValues(1e-4);
            for (int k = 0; k < spectrum.length; k++) {
                // What SQUARED_FROM and SQUARED_FROM_IN_SINGLE promise.
                assertThat(careful[k]).isCloseTo(spectrum[k], within(1e-14));
                assertThat(rough[k]).isCloseTo(spectrum[k], within(1e-11));
            }
        }
    }

    @Test
    void singlePrecisionFindsWhatItsEntriesHold() {
        INDArray x = SmallNets.inputs(DataType.FLOAT, 1, 4, 30);
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.FLOAT, 3, 30, 8, 5));
        INDArray full = jacobian.compute(x);
        INDArray actual = jacobian.singularValues(x);
        for (int n = 0; n < 4; n++) {
            INDArray expected = byLapack(full.slice(n).reshape(5, 30).castTo(DataType.DOUBLE));
            close(actual.slice(n).reshape(5), expected, 1e-11 * (1 + expected.getDouble(0)));
        }
    }

    /** What a caller is given is no view: its memory can be handed back at once. */
    @Test
    void fullJacobiansCanBeClosed() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 2, 4);
        INDArray first = jacobian.compute(x);
        INDArray kept = first.dup();
        assertThat(first.closeable()).isTrue();
        first.close();
        assertThat(jacobian.compute(x)).isEqualTo(kept);
    }
}
