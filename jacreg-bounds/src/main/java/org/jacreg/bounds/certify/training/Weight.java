package org.jacreg.bounds.certify.training;

/**
 * A weight in [0, 1] that goes linearly from one value to another while the {@link Ramp} lasts.
 *
 * @param from its value before
 * @param to its value after
 */
public record Weight(double from, double to) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is not in [0, 1]
     */
    public Weight {
        if (!(from >= 0 && from <= 1 && to >= 0 && to <= 1)) {
            throw new IllegalArgumentException(
                    "weight: got a way from " + from + " to " + to + ", wanted numbers in [0, 1]");
        }
    }

    @Override
    public String toString() {
        return from == to ? String.valueOf(from) : from + " to " + to;
    }
}
