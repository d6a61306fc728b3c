package org.jacreg.examples.gaps;

import java.util.List;

/**
 * The gaps of one network beside their bounds.
 *
 * @param risks measured on digits trained on and on others
 * @param bounds what theorems say
 */
public record GapReport(Risks risks, List<BoundFigure> bounds) {

    /** Copies the list. */
    public GapReport {
        bounds = List.copyOf(bounds);
    }

    /**
     * One of the bounds.
     *
     * @param name which
     * @return the bound
     * @throws IllegalArgumentException if there is none of this name; the message lists all
     */
    public BoundFigure bound(String name) {
        return bounds.stream()
                .filter(bound -> bound.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("bound '" + name + "': there is none; bounds: "
                        + bounds.stream().map(BoundFigure::name).toList()));
    }
}
