package org.jacreg.examples.gaps;

import java.util.List;
import java.util.OptionalDouble;

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
     * The value of a part.
     *
     * @param part its name
     * @return the value; empty if there is no such part
     */
    public OptionalDouble part(String part) {
        return parts.stream()
                .filter(candidate -> candidate.name().equals(part))
                .mapToDouble(Part::value)
                .findFirst();
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
