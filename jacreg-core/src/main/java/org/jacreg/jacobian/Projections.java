package org.jacreg.jacobian;

import java.util.OptionalInt;

/** How many random directions stand for the rows of a Jacobian: none (all rows are computed), a number, or what it takes. */
public sealed interface Projections {

    /**
     * All {@code C} rows are computed: no randomness, no error.
     *
     * @return the setting
     */
    static Projections exact() {
        return new Exact();
    }

    /**
     * A fixed number of directions per sample, drawn afresh every time.
     *
     * @param count at least 1. More than {@code C} costs more than the exact rows
     * @return the setting
     * @throws IllegalArgumentException if count is less than 1
     */
    static Projections count(int count) {
        return new Count(count);
    }

    /**
     * As many directions as bring the relative standard error of one sample's {@code ||J||_F^2} down to a bound, whatever
     * {@code J} is; all rows where that many would be {@code C} or more.
     *
     * <p>The bound is on the worst case, a Jacobian of rank one, and on a single sample: the mean over a batch of {@code N}
     * samples of like norms has an error that is {@code sqrt(N)} times smaller. With {@link Directions#UNIT_SPHERE} the number
     * is {@code ceil(2(C-1)/(C+2) / relativeError^2)}.
     *
     * @param relativeError the bound, greater than 0
     * @return the setting
     * @throws IllegalArgumentException if the bound is not positive, NaN or infinite
     */
    static Projections auto(double relativeError) {
        return new Auto(relativeError);
    }

    /**
     * The number of directions for given outputs.
     *
     * @param directions their distribution
     * @param classes {@code C}, at least 1
     * @return a number of at least 1, or nothing where all rows are to be computed
     * @throws IllegalArgumentException if classes is less than 1
     */
    OptionalInt resolve(Directions directions, int classes);

    /** All rows. */
    record Exact() implements Projections {
        @Override
        public OptionalInt resolve(Directions directions, int classes) {
            requireClasses(classes);
            return OptionalInt.empty();
        }
    }

    /**
     * A fixed number.
     *
     * @param count at least 1
     */
    record Count(int count) implements Projections {
        /**
         * Checks the number.
         *
         * @param count at least 1
         */
        public Count {
            if (count < 1) {
                throw new IllegalArgumentException("projections must be at least 1, but are " + count);
            }
        }

        @Override
        public OptionalInt resolve(Directions directions, int classes) {
            requireClasses(classes);
            return OptionalInt.of(count);
        }
    }

    /**
     * What it takes.
     *
     * @param relativeError the bound on the relative standard error
     */
    record Auto(double relativeError) implements Projections {
        /**
         * Checks the bound.
         *
         * @param relativeError greater than 0
         */
        public Auto {
            if (!(relativeError > 0 && Double.isFinite(relativeError))) {
                throw new IllegalArgumentException(
                        "relativeError must be finite and greater than 0, but is " + relativeError);
            }
        }

        @Override
        public OptionalInt resolve(Directions directions, int classes) {
            requireClasses(classes);
            for (int count = 1; count < classes; count++) {
                if (Math.sqrt(directions.worstRelativeVariance(classes, count)) <= relativeError) {
                    return OptionalInt.of(count);
                }
            }
            return OptionalInt.empty();
        }
    }

    private static void requireClasses(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be at least 1, but are " + classes);
        }
    }
}
