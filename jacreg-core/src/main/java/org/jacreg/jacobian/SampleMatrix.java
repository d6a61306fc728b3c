package org.jacreg.jacobian;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The Jacobian of one sample as a matrix in float64.
 *
 * @param rows {@code C} arrays of {@code D} numbers; not modified
 */
@SuppressWarnings("ArrayRecordComponent") // Private to the package, and never compared.
record SampleMatrix(double[][] rows) {

    /** Up to here all eigenvalues are computed; beyond, only the largest. */
    private static final int SMALL_SIDE = 64;

    private int columns() {
        return rows[0].length;
    }

    private boolean wide() {
        return rows.length <= columns();
    }

    private double largestEntry() {
        double largest = 0;
        for (double[] row : rows) {
            for (double entry : row) {
                if (!Double.isFinite(entry)) {
                    return Double.NaN;
                }
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        return largest;
    }

    /**
     * The largest singular value, as the square root of the largest eigenvalue of {@code J J^T} or {@code J^T J}, whichever is
     * smaller; for the largest one this loses no digits.
     *
     * @return NaN if an entry is NaN or infinite
     */
    double spectralNorm() {
        double largest = largestEntry();
        if (Double.isNaN(largest) || largest == 0) {
            return largest;
        }
        double eigenvalue = Math.min(rows.length, columns()) <= SMALL_SIDE
                ? Lanczos.largest(new EigenDecomposition(new Array2DRowRealMatrix(gram(1 / largest), false)))
                : Lanczos.largestEigenvalue(rows.length, v -> throughTranspose(v, 1 / largest));
        return largest * Math.sqrt(Math.max(0, eigenvalue));
    }

    /** {@code J J^T} or {@code J^T J}, whichever is smaller, of J times a number. */
    private double[][] gram(double scale) {
        double[][] source = wide()
                ? rows
                : new Array2DRowRealMatrix(rows, false).transpose().getData();
        double[][] gram = new double[source.length][source.length];
        for (int i = 0; i < source.length; i++) {
            for (int k = 0; k <= i; k++) {
                gram[i][k] = dot(source[i], source[k], scale);
                gram[k][i] = gram[i][k];
            }
        }
        return gram;
    }

    /** Four sums, so that no addition waits for the one before it. */
    private static double dot(double[] a, double[] b, double scale) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += (a[i] * scale) * (b[i] * scale);
            s1 += (a[i + 1] * scale) * (b[i + 1] * scale);
            s2 += (a[i + 2] * scale) * (b[i + 2] * scale);
            s3 += (a[i + 3] * scale) * (b[i + 3] * scale);
        }
        for (; i < a.length; i++) {
            s0 += (a[i] * scale) * (b[i] * scale);
        }
        return (s0 + s1) + (s2 + s3);
    }

    private double[] throughTranspose(double[] v, double scale) {
        double[] sum = new double[columns()];
        for (int c = 0; c < rows.length; c++) {
            double factor = v[c] * scale;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += factor * rows[c][i];
            }
        }
        return Arrays.stream(rows).mapToDouble(row -> scale * dot(row, sum, 1)).toArray();
    }

    /**
     * All singular values.
     *
     * <p>Square roots of the eigenvalues of the Gram matrix where all of them are large enough: an eigenvalue has an error of some
     * {@code 1e-16} times the largest one, so that a singular value r times the largest has one of {@code 1e-16 / r} times it. Else
     * a QR decomposition by Householder reflections takes the long side away, and the square matrix that is left is decomposed;
     * both steps are backward stable, with errors of the order of {@code 1e-16 sqrt(CD)} times the largest singular value.
     *
     * @param squaredFrom how much smaller than the largest a singular value may be to be taken from the Gram matrix, in (0, 1]
     * @return {@code min(C, D)} numbers, descending; NaN if an entry is NaN or infinite
     */
    double[] singularValues(double squaredFrom) {
        int side = Math.min(rows.length, columns());
        double largest = largestEntry();
        if (Double.isNaN(largest)) {
            double[] unknown = new double[side];
            Arrays.fill(unknown, Double.NaN);
            return unknown;
        }
        if (side <= SMALL_SIDE && largest > 0) {
            double[] roots = throughGram(largest);
            if (roots[side - 1] >= squaredFrom * roots[0]) {
                return roots;
            }
        }
        return direct(side);
    }

    /** NaN where rounding made an eigenvalue negative. */
    private double[] throughGram(double largest) {
        EigenDecomposition decomposition = new EigenDecomposition(new Array2DRowRealMatrix(gram(1 / largest), false));
        double[] ascending =
                Arrays.stream(decomposition.getRealEigenvalues()).sorted().toArray();
        double[] roots = new double[ascending.length];
        for (int k = 0; k < roots.length; k++) {
            roots[k] = largest * Math.sqrt(ascending[roots.length - 1 - k]);
        }
        return roots;
    }

    private double[] direct(int side) {
        RealMatrix tall = new Array2DRowRealMatrix(rows, false);
        if (wide()) {
            tall = tall.transpose();
        }
        RealMatrix square = tall.getRowDimension() == side
                ? tall
                : new QRDecomposition(tall).getR().getSubMatrix(0, side - 1, 0, side - 1);
        return new SingularValueDecomposition(square).getSingularValues();
    }
}
