package org.jacreg.bounds.certify.complete;

/** Nonnegative multipliers for every rectifier of a network: what they are used for says {@link AffineBelow}. */
final class Multipliers {

    /** p, of {@code z >= a}, where the rectifier is open. */
    final double[][] lower;

    /** q, of the upper line, where the rectifier is open. */
    final double[][] upper;

    /** beta, of the decision that it is active, or that it is inactive. */
    final double[][] decided;

    /** All are zero. */
    Multipliers(DenseRectifiers net) {
        lower = new double[net.hidden()][];
        for (int l = 0; l < lower.length; l++) {
            lower[l] = new double[net.weights[l].length];
        }
        upper = copy(lower);
        decided = copy(lower);
    }

    private static double[][] copy(double[][] rows) {
        double[][] result = new double[rows.length][];
        for (int l = 0; l < rows.length; l++) {
            result[l] = rows[l].clone();
        }
        return result;
    }
}
