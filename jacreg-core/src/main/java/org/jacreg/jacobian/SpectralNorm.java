package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.util.MathArrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The largest singular value of a matrix, as the square root of the largest eigenvalue of {@code J J^T} or {@code J^T J},
 * whichever is smaller. For the largest one this loses no digits.
 */
final class SpectralNorm {

    /** Up to here all eigenvalues are computed; beyond, only the largest. */
    private static final int SMALL_SIDE = 64;

    private static final int MOST_STEPS = 300;

    /** Of the eigenvalue, so half of it for the norm. */
    private static final double RELATIVE_TOLERANCE = 1e-13;

    private SpectralNorm() {}

    /**
     * The norm of a matrix that is there.
     *
     * @param matrix in float64, not modified
     * @return NaN if an entry is NaN or infinite
     */
    static double of(INDArray matrix) {
        double largest = matrix.amaxNumber().doubleValue();
        double sum = matrix.sumNumber().doubleValue();
        if (Double.isNaN(sum) || Double.isInfinite(largest)) {
            return Double.NaN;
        }
        if (largest == 0) {
            return 0;
        }
        INDArray scaled = matrix.div(largest);
        boolean wide = scaled.size(0) <= scaled.size(1);
        INDArray gram =
                wide ? scaled.mmul(scaled.transpose()) : scaled.transpose().mmul(scaled);
        double[][] symmetric = gram.toDoubleMatrix();
        double eigenvalue = symmetric.length <= SMALL_SIDE
                ? largest(new EigenDecomposition(new Array2DRowRealMatrix(symmetric, false)))
                : largestEigenvalue(symmetric.length, v -> times(gram, v));
        return largest * Math.sqrt(Math.max(0, eigenvalue));
    }

    private static double[] times(INDArray gram, double[] v) {
        return gram.mmul(Nd4j.createFromArray(v).reshape(v.length, 1))
                .reshape(v.length)
                .toDoubleVector();
    }

    /**
     * The largest eigenvalue of a symmetric positive semidefinite map, by Lanczos' method with full reorthogonalisation (Golub
     * and Van Loan, Matrix Computations, 4th edition, section 10.3), from a start vector that is always the same.
     *
     * @param size of the map's vectors
     * @param map not required to preserve its argument
     * @return the eigenvalue, from below; NaN if the map yields NaN or an infinity
     */
    static double largestEigenvalue(int size, UnaryOperator<double[]> map) {
        List<double[]> basis = new ArrayList<>();
        double[] diagonal = new double[Math.min(size, MOST_STEPS)];
        double[] beside = new double[diagonal.length];
        double[] q = normalised(new Random(19500101).doubles(size, 0.5, 1.5).toArray());
        double value = 0;
        for (int k = 0; k < diagonal.length; k++) {
            basis.add(q);
            double[] w = map.apply(q.clone());
            diagonal[k] = MathArrays.linearCombination(q, w);
            orthogonalise(w, basis);
            beside[k] = MathArrays.safeNorm(w);
            if (!Double.isFinite(diagonal[k]) || !Double.isFinite(beside[k])) {
                return Double.NaN;
            }
            EigenDecomposition ritz = ritz(diagonal, beside, k + 1);
            value = largest(ritz);
            double residual = beside[k]
                    * Math.abs(ritz.getEigenvector(indexOfLargest(ritz)).getEntry(k));
            if (residual <= RELATIVE_TOLERANCE * value) {
                break;
            }
            q = normalised(w);
        }
        return value;
    }

    private static EigenDecomposition ritz(double[] diagonal, double[] beside, int steps) {
        return new EigenDecomposition(Arrays.copyOf(diagonal, steps), Arrays.copyOf(beside, Math.max(0, steps - 1)));
    }

    /** Twice: once leaves what rounding leaves. */
    private static void orthogonalise(double[] w, List<double[]> basis) {
        for (int pass = 0; pass < 2; pass++) {
            for (double[] q : basis) {
                double share = MathArrays.linearCombination(q, w);
                for (int i = 0; i < w.length; i++) {
                    w[i] -= share * q[i];
                }
            }
        }
    }

    private static double[] normalised(double[] v) {
        double norm = MathArrays.safeNorm(v);
        return Arrays.stream(v).map(x -> x / norm).toArray();
    }

    private static double largest(EigenDecomposition decomposition) {
        return decomposition.getRealEigenvalue(indexOfLargest(decomposition));
    }

    private static int indexOfLargest(EigenDecomposition decomposition) {
        double[] values = decomposition.getRealEigenvalues();
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
