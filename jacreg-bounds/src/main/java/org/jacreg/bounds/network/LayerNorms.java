package org.jacreg.bounds.network;

/**
 * Upper bounds of the norms of one layer's linear map, rounded outward. The map is the true one: a convolution counts with
 * its stride, padding and dilation as the matrix {@code W} of shape [outputs, inputs] that it is, not as its kernel.
 *
 * @param name the layer's name, for messages and tables
 * @param operator bound of the operator norm {@code sup ||W x||_2 / ||x||_2}, the largest singular value
 * @param frobenius bound of {@code sqrt(sum_ij W_ij^2)}
 * @param rowSum21 bound of {@code sum_i ||W_i||_2} over the rows of {@code W}: {@code ||W^T||_{2,1}} of Bartlett, Foster and
 *     Telgarsky (2017)
 * @param maxRowL1 bound of {@code max_i sum_j |W_ij|}, the operator norm from l_inf to l_inf
 * @param maxColumnL1 bound of {@code max_j sum_i |W_ij|}, the operator norm from l_1 to l_1
 * @param inputs number of columns of {@code W}
 * @param outputs number of rows of {@code W}
 * @param parameters number of free parameters behind {@code W}: for a convolution the entries of its kernel
 */
public record LayerNorms(
        String name,
        double operator,
        double frobenius,
        double rowSum21,
        double maxRowL1,
        double maxColumnL1,
        long inputs,
        long outputs,
        long parameters) {

    /**
     * Checks the numbers.
     *
     * @param name the layer's name
     * @param operator operator norm
     * @param frobenius Frobenius norm
     * @param rowSum21 sum of the rows' l2 norms
     * @param maxRowL1 largest l1 norm of a row
     * @param maxColumnL1 largest l1 norm of a column
     * @param inputs number of columns
     * @param outputs number of rows
     * @param parameters number of free parameters
     * @throws IllegalArgumentException if a norm is negative, NaN or infinite, {@code inputs} or {@code outputs} is not
     *     positive, or {@code parameters} is negative
     */
    public LayerNorms {
        requireNorm(name, "operator norm", operator);
        requireNorm(name, "Frobenius norm", frobenius);
        requireNorm(name, "sum of row norms", rowSum21);
        requireNorm(name, "largest row l1 norm", maxRowL1);
        requireNorm(name, "largest column l1 norm", maxColumnL1);
        if (inputs < 1 || outputs < 1 || parameters < 0) {
            throw new IllegalArgumentException("layer '" + name + "': got inputs " + inputs + ", outputs " + outputs
                    + ", parameters " + parameters
                    + ", wanted at least one input and one output and no negative number of parameters");
        }
    }

    private static void requireNorm(String layer, String norm, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("layer '" + layer + "', " + norm + ": got " + value
                    + ", wanted a nonnegative finite number; weights near the largest double overflow");
        }
    }
}
