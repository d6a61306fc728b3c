package org.jacreg.bounds.certify.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** Which radii are tried. Certifiers whose radius follows from a formula do not search. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RadiusSearch.Bisection.class, name = "bisection"),
    @JsonSubTypes.Type(value = RadiusSearch.Grid.class, name = "grid")
})
public sealed interface RadiusSearch {

    /**
     * No radius above this one is tried.
     *
     * @return the largest radius
     */
    double largest();

    /**
     * The largest radius that can be proved, by bisection.
     *
     * @param largest where to start, positive
     * @param steps halvings, at least 1
     */
    record Bisection(double largest, int steps) implements RadiusSearch {

        /**
         * Checks the numbers.
         *
         * @param largest where to start
         * @param steps halvings
         * @throws IllegalArgumentException if one is out of range
         */
        public Bisection {
            if (!(largest > 0 && largest < Double.POSITIVE_INFINITY) || steps < 1) {
                throw new IllegalArgumentException("bisection: got a largest radius of " + largest + " and " + steps
                        + " steps, wanted a positive finite radius and at least one step");
            }
        }
    }

    /**
     * Given radii alone, from the smallest on, up to the first that is not proved.
     *
     * @param radii ascending, at least one
     */
    record Grid(List<Double> radii) implements RadiusSearch {

        /**
         * Checks the radii.
         *
         * @param radii the radii
         * @throws IllegalArgumentException if there is none, or they do not ascend from a nonnegative one
         */
        public Grid {
            radii = List.copyOf(radii);
            double last = -1;
            for (double radius : radii) {
                if (!(radius >= 0 && radius > last && radius < Double.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException(
                            "radii: got " + radii + ", wanted nonnegative finite numbers that ascend");
                }
                last = radius;
            }
            if (radii.isEmpty()) {
                throw new IllegalArgumentException("radii: got none, wanted at least one");
            }
        }

        @Override
        public double largest() {
            return radii.get(radii.size() - 1);
        }
    }
}
