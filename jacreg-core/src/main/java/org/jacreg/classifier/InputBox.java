package org.jacreg.classifier;

/**
 * The inputs that are meaningful: every coordinate between two bounds.
 *
 * @param lower the least value of a coordinate; {@code -infinity} for none
 * @param upper the greatest value of a coordinate; {@code +infinity} for none
 */
public record InputBox(double lower, double upper) {

    /**
     * Checks the bounds.
     *
     * @param lower the least value of a coordinate
     * @param upper the greatest value of a coordinate
     * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
     */
    public InputBox {
        if (!(lower < upper)) {
            throw new IllegalArgumentException("input box: lower bound " + lower + " must be below upper bound " + upper
                    + "; pass bounds(0, 1) for pixels scaled to [0, 1], or unbounded()");
        }
    }

    /**
     * The whole space.
     *
     * @return a box without bounds
     */
    public static InputBox unbounded() {
        return new InputBox(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * Whether a coordinate lies in the box, bounds included.
     *
     * @param value the coordinate
     * @return false for NaN
     */
    public boolean contains(double value) {
        return value >= lower && value <= upper;
    }
}
