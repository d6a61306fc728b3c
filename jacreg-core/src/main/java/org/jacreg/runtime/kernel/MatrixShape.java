package org.jacreg.runtime.kernel;

/**
 * The shape of {@code C = op(A) op(B)}, row-major: {@code op(A)} is {@code [m, k]}, {@code op(B)} {@code [k, n]}, {@code C} {@code [m, n]}.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k what is summed over
 * @param transposeA whether A is stored as {@code [k, m]}
 * @param transposeB whether B is stored as {@code [n, k]}
 * @param lda elements from one stored row of A to the next
 * @param ldb elements from one stored row of B to the next
 * @param ldc elements from one row of C to the next
 */
public record MatrixShape(int m, int n, int k, boolean transposeA, boolean transposeB, int lda, int ldb, int ldc) {

    /** Checks that sizes are positive and rows do not overlap. */
    public MatrixShape {
        if (!(m >= 1 && n >= 1 && k >= 1)) {
            throw new IllegalArgumentException("expected sizes of at least 1, got m=" + m + " n=" + n + " k=" + k);
        }
        requireLeading("lda", lda, transposeA ? m : k);
        requireLeading("ldb", ldb, transposeB ? k : n);
        requireLeading("ldc", ldc, n);
    }

    /**
     * Matrices without gaps between their rows.
     *
     * @param m rows of C
     * @param n columns of C
     * @param k what is summed over
     * @param transposeA whether A is stored as {@code [k, m]}
     * @param transposeB whether B is stored as {@code [n, k]}
     * @return the shape
     */
    public static MatrixShape dense(int m, int n, int k, boolean transposeA, boolean transposeB) {
        return new MatrixShape(m, n, k, transposeA, transposeB, transposeA ? m : k, transposeB ? k : n, n);
    }

    private static void requireLeading(String name, int given, int columns) {
        if (!(given >= columns)) {
            throw new IllegalArgumentException(
                    name + " is " + given + ", but a stored row has " + columns + " elements; give at least that");
        }
    }

    long sizeA() {
        return extent(transposeA ? k : m, lda, transposeA ? m : k);
    }

    long sizeB() {
        return extent(transposeB ? n : k, ldb, transposeB ? k : n);
    }

    long sizeC() {
        return extent(m, ldc, n);
    }

    private static long extent(long rows, long leading, long columns) {
        return (rows - 1) * leading + columns;
    }

    /** Where a block of C that begins at a row has its part of A. */
    long offsetA(int row) {
        return transposeA ? row : (long) row * lda;
    }

    /** Where a block of C that begins at a column has its part of B. */
    long offsetB(int column) {
        return transposeB ? (long) column * ldb : column;
    }

    MatrixShape block(int rows, int columns) {
        return new MatrixShape(rows, columns, k, transposeA, transposeB, lda, ldb, ldc);
    }

    double flops() {
        return 2.0 * m * n * k;
    }

    @Override
    public String toString() {
        return "[" + m + ", " + k + "]" + (transposeA ? "'" : "") + " x [" + k + ", " + n + "]"
                + (transposeB ? "'" : "");
    }
}
