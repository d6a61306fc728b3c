package org.jacreg.bounds.rademacher;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The complexity by its definition, for samples of few points in the plane: all sign vectors, weights on a fine grid of
 * directions, and the attack's minimum over the corners of its square. None of the formulas under test is used.
 */
final class BruteForce {

    /** Weights in a quarter of the plane. */
    private static final int QUARTER = 2000;

    /**
     * Relative error of a supremum over the grid. Weights are {@code w = (cos^(2/p), sin^(2/p))} of evenly spaced angles, so
     * that the best one is within pi / (4 QUARTER) of the grid. At the angle t, the best being t*, a linear function with
     * positive coefficients takes the share {@code A(1/p) = sum_j s*_j^(1/q) s_j^(1/p)} of its supremum, {@code s = (cos^2,
     * sin^2)}. A is convex in 1/p, {@code A(0), A(1) <= 1} and {@code A(1/2) = cos(t - t*)}; hence {@code 1 - A <= 2 (1 - cos(t -
     * t*)) <= (t - t*)^2}. With a coefficient that is not positive the best is on an axis or 0, both on the grid.
     */
    static final double GRID_ERROR = Math.pow(Math.PI / (4 * QUARTER), 2);

    private BruteForce() {}

    static double complexity(double p, double radius, double[][] x, double[] y, double epsilon) {
        double[][] values = values(p, radius, x, y, epsilon);
        int n = x.length;
        double sum = 0;
        for (int signs = 0; signs < 1 << n; signs++) {
            sum += supremum(values, signs) / n;
        }
        return sum / (1 << n);
    }

    /** The supremum over the class of {@code sum_i sigma_i f_w(x_i)}; bit i of {@code signs} set means sigma_i = -1. */
    static double supremum(double[][] values, int signs) {
        double best = Double.NEGATIVE_INFINITY;
        for (double[] value : values) {
            double sum = 0;
            for (int i = 0; i < value.length; i++) {
                sum += sign(signs, i) * value[i];
            }
            best = Math.max(best, sum);
        }
        return best;
    }

    static int sign(int signs, int i) {
        return (signs >> i & 1) == 0 ? 1 : -1;
    }

    /** Row k holds {@code min_delta y_i <w_k, x_i + delta>} for all i. The last row is w = 0. */
    static double[][] values(double p, double radius, double[][] x, double[] y, double epsilon) {
        double[][] values = new double[4 * QUARTER + 1][x.length];
        for (int k = 0; k < 4 * QUARTER; k++) {
            double[] w = weight(p, radius, k);
            for (int i = 0; i < x.length; i++) {
                values[k][i] = worstCorner(w, x[i], y[i], epsilon);
            }
        }
        return values;
    }

    private static double worstCorner(double[] w, double[] x, double y, double epsilon) {
        double worst = Double.POSITIVE_INFINITY;
        for (double a : new double[] {-epsilon, epsilon}) {
            for (double b : new double[] {-epsilon, epsilon}) {
                worst = Math.min(worst, y * (w[0] * (x[0] + a) + w[1] * (x[1] + b)));
            }
        }
        return worst;
    }

    private static double[] weight(double p, double radius, int k) {
        double angle = Math.PI / 2 * (k % QUARTER) / QUARTER;
        // on the axes exactly; for p infinite the power 0 gives the corners
        double a = radius * Math.pow(Math.cos(angle), 2 / p);
        double b = k % QUARTER == 0 ? 0 : radius * Math.pow(Math.sin(angle), 2 / p);
        return switch (k / QUARTER) {
            case 0 -> new double[] {a, b};
            case 1 -> new double[] {-b, a};
            case 2 -> new double[] {-a, -b};
            default -> new double[] {b, -a};
        };
    }

    static double[] ones(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The sample of the published oracle: X_ij = sin(1 + i (j + 1)), 50 points in R^6. */
    static INDArray sineSample() {
        double[][] x = new double[50][6];
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 6; j++) {
                x[i][j] = Math.sin(1 + i * (j + 1));
            }
        }
        return Nd4j.createFromArray(x);
    }
}
