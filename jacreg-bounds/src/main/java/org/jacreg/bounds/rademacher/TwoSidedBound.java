package org.jacreg.bounds.rademacher;

/**
 * Closed-form bounds of an empirical Rademacher complexity from both sides, rounded outward.
 *
 * @param lower the lower bound, nonnegative and finite
 * @param upper the upper bound
 * @param formula the formula of the lower bound, in one line
 * @param source where the formula stands
 */
public record TwoSidedBound(double lower, RademacherBound upper, String formula, String source) {

    /**
     * Checks the order.
     *
     * @param lower the lower bound
     * @param upper the upper bound
     * @param formula the formula of the lower bound
     * @param source where the formula stands
     * @throws IllegalArgumentException if {@code lower} is NaN, negative, or above the upper bound
     */
    public TwoSidedBound {
        if (!(lower >= 0 && lower <= upper.value())) {
            throw new IllegalArgumentException("bounds of a complexity '" + formula + "': got " + lower + " and "
                    + upper.value() + ", wanted nonnegative numbers in order");
        }
    }

    /**
     * Whether a number lies between the bounds, ends included.
     *
     * @param value the number
     * @return false for NaN
     */
    public boolean contains(double value) {
        return value >= lower && value <= upper.value();
    }
}
