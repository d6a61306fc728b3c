package org.jacreg.bounds.rademacher;

/**
 * A number that went into a bound.
 *
 * @param name its symbol in the formula
 * @param value the number; infinite where it exceeds the largest double
 * @param meaning what it is, in words
 */
public record Term(String name, double value, String meaning) {

    /**
     * Checks the number.
     *
     * @param name its symbol
     * @param value the number
     * @param meaning what it is
     * @throws IllegalArgumentException if {@code value} is NaN
     */
    public Term {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException(
                    "term '" + name + "' (" + meaning + "): got NaN, wanted a number; check the norms it comes from");
        }
    }
}
