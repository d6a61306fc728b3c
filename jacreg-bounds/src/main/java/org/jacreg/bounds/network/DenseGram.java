package org.jacreg.bounds.network;

import org.jacreg.bounds.rounding.ComputedSums;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operator norms of matrices through their smaller Gram matrix, {@code ||A||_op^2 = lambda_max(A A^T) = lambda_max(A^T A)}. */
final class DenseGram {

    private DenseGram() {}

    /** An upper bound of the operator norm, rounded outward. */
    static double operatorNorm(double[][] a) {
        double largest = 0;
        for (double[] row : a) {
            for (double entry : row) {
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        if (largest == 0) {
            return 0;
        }
        int exponent = Math.getExponent(largest);
        double[][] scaled = new double[a.length][a[0].length];
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                scaled[i][j] = Math.scalb(a[i][j], -exponent);
                squares += scaled[i][j] * scaled[i][j];
            }
        }
        boolean wide = a.length <= a[0].length;
        long terms = wide ? a[0].length : a.length;
        // Whatever the order of its sums, a product errs by gamma |A| |A^T|, whose norm is at most gamma ||A||_F^2.
        double error = ComputedSums.above(squares, (long) a.length * a[0].length) * (terms + 8) * 0x1p-52;
        double squared = LargestEigenvalue.bound(gram(scaled, wide), error);
        return Math.scalb(ComputedSums.above(Math.sqrt(squared), 1), exponent);
    }

    private static double[][] gram(double[][] a, boolean wide) {
        try (INDArray matrix = Nd4j.createFromArray(a);
                INDArray product = wide
                        ? matrix.mmul(matrix.transpose())
                        : matrix.transpose().mmul(matrix)) {
            return symmetric(product.toDoubleMatrix());
        }
    }

    /** The upper triangle on both sides. */
    private static double[][] symmetric(double[][] g) {
        for (int i = 0; i < g.length; i++) {
            for (int j = 0; j < i; j++) {
                g[i][j] = g[j][i];
            }
        }
        return g;
    }
}
