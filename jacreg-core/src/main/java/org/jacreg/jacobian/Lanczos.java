package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.util.MathArrays;

/**
 * The largest eigenvalue of a symmetric positive semidefinite map, by Lanczos' method with full reorthogonalisation (Golub and
 * Van Loan, Matrix Computations, 4th edition, section 10.3).
 */
final class Lanczos {

    private static final int MOST_STEPS = 300;

    /** Of the eigenvalue, so half of it for the norm. */
    private static final double RELATIVE_TOLERANCE = 1e-13;

    private Lanczos() {}

    /**
     * Computes the eigenvalue, from a start vector that is always the same.
     *
     * @param size of the map's vectors
     * @param map may modify its argument
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

    static double largest(EigenDecomposition decomposition) {
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
