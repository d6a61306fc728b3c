package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights {@code W} with {@code ||W||_F <= frobenius} and {@code ||W||_op <= operator}. The Frobenius norm is that of the
 * array's entries, whatever its shape: of a convolution's kernel, not of the larger matrix that the convolution is. The operator
 * norm, the largest singular value, is for matrices only.
 *
 * @param frobenius the bound of the Frobenius norm, positive; infinite for none
 * @param operator the bound of the operator norm, positive; infinite for none
 */
public record WeightBall(double frobenius, double operator) {

    /** Halvings that find the shrinking factor to the last digit. */
    private static final int HALVINGS = 200;

    /**
     * Checks the radii.
     *
     * @param frobenius the bound of the Frobenius norm
     * @param operator the bound of the operator norm
     * @throws IllegalArgumentException if a radius is NaN or not positive, or both are infinite
     */
    public WeightBall {
        if (!(frobenius > 0 && operator > 0 && Math.min(frobenius, operator) < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ball of weights: got the Frobenius radius " + frobenius
                    + " and the operator radius " + operator + ", wanted positive numbers, at least one of them finite;"
                    + " a class without a bound has infinite complexity");
        }
    }

    /**
     * The ball {@code ||W||_F <= radius}.
     *
     * @param radius positive and finite
     * @return the ball
     */
    public static WeightBall frobenius(double radius) {
        return new WeightBall(radius, Double.POSITIVE_INFINITY);
    }

    /**
     * The ball {@code ||W||_op <= radius}.
     *
     * @param radius positive and finite
     * @return the ball
     */
    public static WeightBall operator(double radius) {
        return new WeightBall(Double.POSITIVE_INFINITY, radius);
    }

    /** Whether arrays of a shape have the norms. */
    boolean fits(long[] shape) {
        return Double.isInfinite(operator) || shape.length == 2;
    }

    /** The largest Frobenius norm in the ball: the natural length of a step. */
    double reach(long[] shape) {
        if (Double.isInfinite(operator)) {
            return frobenius;
        }
        return Math.min(frobenius, operator * Math.sqrt((double) Math.min(shape[0], shape[1])));
    }

    /** Moves an array to the nearest point of the ball, in the Frobenius norm; up to rounding of the array's type. */
    void project(INDArray w) {
        double norm = w.norm2Number().doubleValue();
        if (Double.isInfinite(operator) || norm <= operator) {
            if (norm > frobenius) {
                w.muli(frobenius / norm);
            }
            return;
        }
        projectSingularValues(w);
    }

    /**
     * The ball is invariant under rotations, so the nearest point has the same singular vectors and the nearest singular values:
     * {@code min(operator, s_i/(1 + t))} with the smallest {@code t >= 0} that meets the Frobenius bound. From the Gram matrix of
     * the shorter side: small singular values come out with a larger relative error, and are hardly changed.
     */
    private void projectSingularValues(INDArray w) {
        INDArray matrix = w.castTo(DataType.DOUBLE);
        boolean wide = matrix.size(0) < matrix.size(1);
        INDArray gram =
                wide ? matrix.mmul(matrix.transpose()) : matrix.transpose().mmul(matrix);
        EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(symmetric(gram), false));
        double[] squares = eigen.getRealEigenvalues();
        double[] factors = factors(squares);
        boolean inside = java.util.Arrays.stream(factors).allMatch(f -> f == 1);
        if (inside) {
            return;
        }
        INDArray vectors = Nd4j.createFromArray(eigen.getV().getData());
        INDArray map = vectors.mulRowVector(Nd4j.createFromArray(factors)).mmul(vectors.transpose());
        w.assign((wide ? map.mmul(matrix) : matrix.mmul(map)).castTo(w.dataType()));
    }

    /** The decomposition insists on symmetry to the last digit. */
    private static double[][] symmetric(INDArray gram) {
        double[][] rows = gram.toDoubleMatrix();
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < i; j++) {
                rows[i][j] = rows[j][i];
            }
        }
        return rows;
    }

    private double[] factors(double[] squares) {
        double low = 0;
        double high = 0;
        while (!(length(squares, high) <= frobenius)) {
            high = 2 * high + 1;
        }
        for (int k = 0; k < HALVINGS && low < high; k++) {
            double middle = (low + high) / 2;
            if (middle == low || middle == high) {
                break;
            }
            if (length(squares, middle) <= frobenius) {
                high = middle;
            } else {
                low = middle;
            }
        }
        double[] factors = new double[squares.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = factor(squares[i], high);
        }
        return factors;
    }

    private double length(double[] squares, double t) {
        double sum = 0;
        for (double square : squares) {
            double f = factor(square, t);
            sum += f * f * Math.max(0, square);
        }
        return Math.sqrt(sum);
    }

    private double factor(double square, double t) {
        double singular = Math.sqrt(Math.max(0, square));
        return singular == 0 ? 1 : Math.min(operator / singular, 1 / (1 + t));
    }
}
