package org.jacreg.bounds.network;

import java.util.SplittableRandom;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.jacreg.bounds.rounding.ComputedSums;

/**
 * Upper bounds of the largest eigenvalue of a symmetric matrix with nonnegative eigenvalues.
 *
 * <p>Lanczos iterations say where the eigenvalue is; they only ever see it from below. What makes a bound of it is a
 * factorisation: if {@code t I - G} has one with positive pivots, no eigenvalue of {@code G} is above {@code t}, up to the
 * backward error of the factorisation, which is added. (Rump, "Verification of positive definiteness", BIT 46, 2006, builds
 * on the same.)
 */
final class LargestEigenvalue {

    private static final int LANCZOS_STEPS = 80;
    private static final double FIRST_SLACK = 1e-9;
    private static final double SLACK_GROWTH = 8;
    private static final long SEED = 0x6a61637265670aL;

    private LargestEigenvalue() {}

    /**
     * An upper bound of the largest eigenvalue.
     *
     * @param g rows of a symmetric matrix; not modified
     * @param error how far, in operator norm, the exact matrix may be from {@code g}
     */
    static double bound(double[][] g, double error) {
        double sure = largestRowSum(g);
        double estimate = estimate(g, LANCZOS_STEPS);
        for (double slack = FIRST_SLACK; ; slack *= SLACK_GROWTH) {
            double t = estimate * (1 + slack);
            if (!(t < sure)) {
                return ComputedSums.above(sure + error, g.length);
            }
            if (isBelow(g, t)) {
                return ComputedSums.above(t + factorisationError(g.length, t) + error, 1);
            }
        }
    }

    /** What has to be added to {@code t} where {@link #isBelow} said yes. */
    static double factorisationError(int n, double t) {
        // |L D L^T - A| <= gamma |L| D |L^T|, whose norm is at most gamma times the trace, and that is below n t; gamma
        // counts three roundings a step and that of t - g_ii.
        return 4.0 * (n + 8) * 0x1p-52 * n * t;
    }

    /** Whether {@code t I - G} has a factorisation with positive pivots. */
    static boolean isBelow(double[][] g, double t) {
        int n = g.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = new double[n - i];
            for (int j = i; j < n; j++) {
                a[i][j - i] = -g[i][j];
            }
            a[i][0] += t;
        }
        for (int k = 0; k < n; k++) {
            double[] pivotRow = a[k];
            if (!(pivotRow[0] > 0)) {
                return false;
            }
            for (int i = k + 1; i < n; i++) {
                eliminate(a[i], pivotRow, i - k);
            }
        }
        return true;
    }

    private static void eliminate(double[] row, double[] pivotRow, int offset) {
        double factor = pivotRow[offset] / pivotRow[0];
        if (factor != 0) {
            for (int j = 0; j < row.length; j++) {
                row[j] -= factor * pivotRow[offset + j];
            }
        }
    }

    private static double largestRowSum(double[][] g) {
        double largest = 0;
        for (double[] row : g) {
            double sum = 0;
            for (double entry : row) {
                sum += Math.abs(entry);
            }
            largest = Math.max(largest, sum);
        }
        return ComputedSums.above(largest, g.length);
    }

    /** An estimate by Lanczos iterations from a random direction, with every vector made orthogonal to all before it. */
    static double estimate(double[][] g, int steps) {
        int n = g.length;
        int size = Math.min(n, steps);
        double[][] basis = new double[size][];
        double[] diagonal = new double[size];
        double[] beside = new double[size];
        double[] v = new SplittableRandom(SEED).doubles(n, -1, 1).toArray();
        int done = 0;
        double norm = scaleToUnit(v);
        while (done < size && norm > 0) {
            basis[done] = v;
            double[] w = product(g, v);
            diagonal[done] = dot(w, v);
            for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i <= done; i++) {
                    subtract(w, dot(w, basis[i]), basis[i]);
                }
            }
            norm = scaleToUnit(w);
            beside[done++] = norm;
            v = w;
        }
        return largestOfTridiagonal(diagonal, beside, done);
    }

    private static double largestOfTridiagonal(double[] diagonal, double[] beside, int size) {
        double[] main = java.util.Arrays.copyOf(diagonal, size);
        double[] secondary = java.util.Arrays.copyOf(beside, Math.max(size - 1, 0));
        if (size <= 1) {
            return size == 0 ? 0 : main[0];
        }
        double largest = 0;
        for (double value : new EigenDecomposition(main, secondary).getRealEigenvalues()) {
            largest = Math.max(largest, value);
        }
        return largest;
    }

    private static double[] product(double[][] g, double[] v) {
        double[] w = new double[v.length];
        for (int i = 0; i < w.length; i++) {
            // by rows in place of columns: the matrix is symmetric, and this loop runs in vector registers
            subtract(w, -v[i], g[i]);
        }
        return w;
    }

    private static void subtract(double[] from, double factor, double[] vector) {
        for (int j = 0; j < from.length; j++) {
            from[j] -= factor * vector[j];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double scaleToUnit(double[] v) {
        double norm = Math.sqrt(dot(v, v));
        for (int i = 0; i < v.length && norm > 0; i++) {
            v[i] /= norm;
        }
        return norm;
    }
}
