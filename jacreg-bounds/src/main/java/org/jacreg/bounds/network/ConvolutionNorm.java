package org.jacreg.bounds.network;

import org.jacreg.bounds.rounding.ComputedSums;

/**
 * The operator norm of a convolution as the linear map that it is, with its stride, padding and dilation.
 *
 * <p>Where image or result is small, from the map's own Gram matrix: exact to rounding. Elsewhere from the symbol, see {@link
 * SymbolBound}, which lets the image be endless: above the norm by a few per cent at most for images that are larger than
 * the kernel.
 */
final class ConvolutionNorm {

    /** Up to this side the Gram matrix is formed: its factorisation takes a third of a second. */
    static final int EXACT_SIDE = 1024;

    private ConvolutionNorm() {}

    static double bound(Convolution convolution) {
        double schur = ComputedSums.above(
                Math.sqrt(ComputedSums.largest(convolution.rowL1()))
                        * Math.sqrt(ComputedSums.largest(convolution.columnL1())),
                4);
        double simple = Math.min(schur, ComputedSums.norm(convolution.rowL2()));
        if (simple == 0) {
            return 0;
        }
        boolean small = Math.min(convolution.inputs(), convolution.outputs()) <= EXACT_SIDE;
        return Math.min(simple, small ? exact(convolution) : SymbolBound.of(convolution));
    }

    /** From the Gram matrix of the smaller side, whose rows are put together from the taps. */
    static double exact(Convolution c) {
        boolean byInputs = c.inputs() <= c.outputs();
        SparseRows rows = SparseRows.of(c, byInputs);
        SparseRows columns = SparseRows.of(c, !byInputs);
        int exponent = Math.getExponent(largest(rows.weights));
        int n = rows.indices.length;
        double[][] g = new double[n][n];
        double trace = 0;
        long terms = 0;
        for (int i = 0; i < n; i++) {
            int[] inner = rows.indices[i];
            double[] weights = rows.weights[i];
            terms = Math.max(terms, inner.length);
            for (int k = 0; k < inner.length; k++) {
                scatter(
                        g[i],
                        Math.scalb(weights[k], -exponent),
                        columns.indices[inner[k]],
                        columns.weights[inner[k]],
                        exponent);
            }
            trace += g[i][i];
        }
        double error = ComputedSums.above(trace, n) * (terms + 8) * 0x1p-52;
        return Math.scalb(ComputedSums.above(Math.sqrt(LargestEigenvalue.bound(g, error)), 1), exponent);
    }

    private static void scatter(double[] into, double factor, int[] indices, double[] weights, int exponent) {
        for (int k = 0; k < indices.length; k++) {
            into[indices[k]] += factor * Math.scalb(weights[k], -exponent);
        }
    }

    /** The matrix of a convolution, or its transpose, by rows without zeros. */
    private static final class SparseRows {

        private final int[][] indices;
        private final double[][] weights;

        private SparseRows(int[][] indices, double[][] weights) {
            this.indices = indices;
            this.weights = weights;
        }

        static SparseRows of(Convolution c, boolean transposed) {
            int n = transposed ? c.inputs() : c.outputs();
            int[] counts = new int[n];
            c.forEachWeight((output, input, weight) -> counts[transposed ? input : output]++);
            int[][] indices = new int[n][];
            double[][] weights = new double[n][];
            for (int i = 0; i < n; i++) {
                indices[i] = new int[counts[i]];
                weights[i] = new double[counts[i]];
            }
            c.forEachWeight((output, input, weight) -> {
                int row = transposed ? input : output;
                int place = --counts[row];
                indices[row][place] = transposed ? output : input;
                weights[row][place] = weight;
            });
            return new SparseRows(indices, weights);
        }
    }

    private static double largest(double[][] rows) {
        double largest = 0;
        for (double[] row : rows) {
            for (double weight : row) {
                largest = Math.max(largest, Math.abs(weight));
            }
        }
        return largest;
    }
}
