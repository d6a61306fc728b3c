package org.jacreg.bounds.rademacher;

/**
 * An upper bound of an empirical Rademacher complexity, rounded outward.
 *
 * @param value the bound, nonnegative; infinite where it exceeds the largest double
 * @param formula the formula it was computed by, in one line
 * @param source where the formula stands
 */
public record RademacherBound(double value, String formula, String source) {

    /**
     * Checks the value.
     *
     * @param value the bound
     * @param formula the formula
     * @param source where the formula stands
     * @throws IllegalArgumentException if {@code value} is NaN or negative
     */
    public RademacherBound {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(
                    "Rademacher bound '" + formula + "': got " + value + ", wanted a nonnegative number");
        }
    }

    /**
     * The bound of a sum of two quantities: both values added and rounded up.
     *
     * @param other the bound of the other quantity
     * @return the sum
     */
    public RademacherBound plus(RademacherBound other) {
        return new RademacherBound(
                Rounding.sumUp(value, other.value), formula + " + " + other.formula, source + "; " + other.source);
    }
}
