package org.jacreg.jacobian;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Singular values of one matrix, in float64: a QR decomposition by Householder reflections takes the long side away, some
 * thousand rows at a time, and what is left, a square matrix of the short side, is decomposed.
 *
 * <p>Both steps are backward stable: errors are of the order of {@code 1e-16 sqrt(CD)} times the largest singular value. (Square
 * roots of the eigenvalues of {@code J J^T} would have {@code 1e-8} times it.)
 */
final class SingularValues {

    private static final int CHUNK_ELEMENTS = 1 << 20;

    private SingularValues() {}

    /**
     * Decomposes a matrix.
     *
     * @param matrix of any floating-point type; not modified
     * @return min(rows, columns) numbers, descending; NaN if an entry is NaN or infinite
     */
    static double[] of(INDArray matrix) {
        int side = (int) Math.min(matrix.size(0), matrix.size(1));
        if (!Double.isFinite(matrix.sumNumber().doubleValue())
                && (matrix.isNaN().any() || matrix.isInfinite().any())) {
            double[] unknown = new double[side];
            Arrays.fill(unknown, Double.NaN);
            return unknown;
        }
        INDArray tall = matrix.size(0) < matrix.size(1) ? matrix.transpose() : matrix;
        return new SingularValueDecomposition(triangle(tall, side)).getSingularValues();
    }

    /** R of tall = QR, chunk by chunk: the R of R's predecessor above the next rows. */
    private static RealMatrix triangle(INDArray tall, int side) {
        long step = Math.max(4L * side, CHUNK_ELEMENTS / side);
        RealMatrix r = new Array2DRowRealMatrix(rows(tall, 0, Math.min(step, tall.size(0))), false);
        for (long from = step; from < tall.size(0); from += step) {
            double[][] next = rows(tall, from, Math.min(from + step, tall.size(0)));
            r = new Array2DRowRealMatrix(below(square(r, side).getData(), next), false);
        }
        return r.getRowDimension() == side ? r : square(r, side);
    }

    private static RealMatrix square(RealMatrix rows, int side) {
        return rows.getRowDimension() <= side
                ? rows
                : new QRDecomposition(rows).getR().getSubMatrix(0, side - 1, 0, side - 1);
    }

    private static double[][] below(double[][] first, double[][] second) {
        double[][] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static double[][] rows(INDArray tall, long from, long to) {
        int columns = (int) tall.size(1);
        double[] flat = tall.get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
                .castTo(DataType.DOUBLE)
                .dup('c')
                .data()
                .asDouble();
        double[][] rows = new double[(int) (to - from)][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
        }
        return rows;
    }
}
