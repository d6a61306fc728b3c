package org.jacreg.bounds.generalization;

/**
 * One number that a bound is made of, or that helps to read it.
 *
 * @param name a short name, unique in its bound
 * @param value the number; infinite where it exceeds the largest double or does not exist
 * @param meaning what it is, with its formula
 */
public record Term(String name, double value, String meaning) {

    /**
     * Checks the number.
     *
     * @param name a short name
     * @param value the number
     * @param meaning what it is
     * @throws IllegalArgumentException if {@code value} is NaN
     */
    public Term {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("term '" + name + "' (" + meaning + "): got NaN, wanted a number");
        }
    }
}
