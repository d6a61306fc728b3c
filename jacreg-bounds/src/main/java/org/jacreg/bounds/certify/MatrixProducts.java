package org.jacreg.bounds.certify;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products of row-major matrices in float64, large ones by ND4J's BLAS, small ones by loops. Sums are in any order. */
final class MatrixProducts {

    /** Below this a call of the library costs more than the loops. */
    private static final double FLOPS_FOR_BLAS = 2e6;

    private MatrixProducts() {}

    /** {@code A B} with A of shape [m, k] and B of shape [k, n]. */
    static double[] multiply(double[] a, double[] b, int m, int n, int k) {
        if (2.0 * m * n * k < FLOPS_FOR_BLAS) {
            return byLoops(a, b, m, n, k);
        }
        return byBlas(a, b, m, n, k, false);
    }

    /** {@code A B^T} with A of shape [m, k] and B of shape [n, k]. */
    static double[] multiplyTransposed(double[] a, double[] b, int m, int n, int k) {
        if (2.0 * m * n * k < FLOPS_FOR_BLAS) {
            return dots(a, b, m, n, k);
        }
        return byBlas(a, b, m, n, k, true);
    }

    /** A row-major matrix is its transpose in column-major order, which BLAS takes and gives without copies. */
    private static double[] byBlas(double[] a, double[] b, int m, int n, int k, boolean transposeB) {
        double[] result = new double[Math.multiplyExact(m, n)];
        try (INDArray left = onHeapOfBackend(b);
                INDArray right = onHeapOfBackend(a);
                INDArray product = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n, m}, 'f')) {
            INDArray first = transposeB ? left.reshape('f', k, n) : left.reshape('f', n, k);
            Nd4j.gemm(first, right.reshape('f', k, m), product, transposeB, false, 1.0, 0.0);
            product.data().asNioDouble().get(result);
        }
        return result;
    }

    /** Nd4j.createFromArray copies number by number, which takes longer than the product. */
    private static INDArray onHeapOfBackend(double[] values) {
        INDArray copy = Nd4j.createUninitialized(DataType.DOUBLE, values.length);
        copy.data().asNioDouble().put(values);
        return copy;
    }

    private static double[] byLoops(double[] a, double[] b, int m, int n, int k) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                double factor = a[i * k + l];
                if (factor != 0) {
                    for (int j = 0; j < n; j++) {
                        c[i * n + j] += factor * b[l * n + j];
                    }
                }
            }
        }
        return c;
    }

    private static double[] dots(double[] a, double[] b, int m, int n, int k) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                c[i * n + j] = dot(a, i * k, b, j * k, k);
            }
        }
        return c;
    }

    /** With four sums at a time, because additions wait for each other. */
    static double dot(double[] a, int fromA, double[] b, int fromB, int length) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int l = 0;
        for (; l + 3 < length; l += 4) {
            s0 += a[fromA + l] * b[fromB + l];
            s1 += a[fromA + l + 1] * b[fromB + l + 1];
            s2 += a[fromA + l + 2] * b[fromB + l + 2];
            s3 += a[fromA + l + 3] * b[fromB + l + 3];
        }
        for (; l < length; l++) {
            s0 += a[fromA + l] * b[fromB + l];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** {@code sum |a_i| b_i} over parts of arrays. */
    static double absoluteDot(double[] a, int fromA, double[] b, int fromB, int length) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int l = 0;
        for (; l + 3 < length; l += 4) {
            s0 += Math.abs(a[fromA + l]) * b[fromB + l];
            s1 += Math.abs(a[fromA + l + 1]) * b[fromB + l + 1];
            s2 += Math.abs(a[fromA + l + 2]) * b[fromB + l + 2];
            s3 += Math.abs(a[fromA + l + 3]) * b[fromB + l + 3];
        }
        for (; l < length; l++) {
            s0 += Math.abs(a[fromA + l]) * b[fromB + l];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** What is done with one row. */
    interface RowTask {
        void row(int row);
    }

    /** Runs over rows, in parallel where there is enough to do. */
    static void forRows(int rows, long workPerRow, RowTask task) {
        IntStream range = IntStream.range(0, rows);
        (rows > 1 && rows * workPerRow > 20_000 ? range.parallel() : range).forEach(task::row);
    }
}
