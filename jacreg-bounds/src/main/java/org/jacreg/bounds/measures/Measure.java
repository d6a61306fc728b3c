package org.jacreg.bounds.measures;

/**
 * A number computed of a network.
 *
 * @param name short name
 * @param value the number; infinite where it exceeds the largest double, or for a logarithm of 0
 * @param formula what it is
 * @param source where it comes from
 */
public record Measure(String name, double value, String formula, String source) {

    /**
     * Checks the value.
     *
     * @param name short name
     * @param value the number
     * @param formula what it is
     * @param source where it comes from
     * @throws IllegalArgumentException if {@code value} is NaN
     */
    public Measure {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("measure '" + name + "' = " + formula
                    + ": got NaN, wanted a number; a margin of 0, or a layer of zeros, leaves it undefined");
        }
    }
}
