package org.jacreg.bounds.rademacher;

/**
 * The linear functions {@code x -> <w, x>} on R^d with {@code ||w||_p <= W}.
 *
 * @param norm the norm of the weights
 * @param radius the bound {@code W} of that norm, positive and finite
 */
public record LinearClass(LpNorm norm, double radius) {

    /**
     * Checks the radius.
     *
     * @param norm the norm of the weights
     * @param radius the bound of that norm
     * @throws IllegalArgumentException if {@code radius} is NaN, infinite, zero or negative
     */
    public LinearClass {
        if (!(radius > 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("radius W of the linear class ||w||_" + norm.p() + " <= W: got " + radius
                    + ", wanted a positive finite number");
        }
    }

    /**
     * The class {@code ||w||_1 <= radius}.
     *
     * @param radius the bound, positive and finite
     * @return the class
     */
    public static LinearClass l1(double radius) {
        return new LinearClass(LpNorm.L1, radius);
    }

    /**
     * The class {@code ||w||_2 <= radius}.
     *
     * @param radius the bound, positive and finite
     * @return the class
     */
    public static LinearClass l2(double radius) {
        return new LinearClass(LpNorm.L2, radius);
    }

    /**
     * The class {@code ||w||_inf <= radius}.
     *
     * @param radius the bound, positive and finite
     * @return the class
     */
    public static LinearClass linf(double radius) {
        return new LinearClass(LpNorm.LINF, radius);
    }
}
