package org.jacreg.examples.gaps;

import java.util.List;

/**
 * A bound as a theorem gives it.
 *
 * @param name which bound of what
 * @param value its value; may be infinite
 * @param vacuous whether it says nothing, because what it bounds cannot be that large
 * @param parts its parts by name
 */
public record BoundFigure(String name, double value, boolean vacuous, List<Part> parts) {

    /** Copies the list. */
    public BoundFigure {
        parts = List.copyOf(parts);
    }

    /**
     * A part of a bound.
     *
     * @param name in short
     * @param value its value
     * @param meaning in words
     */
    public record Part(String name, double value, String meaning) {}
}
