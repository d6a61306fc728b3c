package org.jacreg.attacks.threat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an attacker may do to single features: a range of their own, narrower than the model's box, or nothing at all.
 *
 * <p>For tabular data: an age stays between 18 and 120, a date of birth is not to be changed. Features are the entries of one sample,
 * flattened in row-major order. Immutable; compares by value.
 */
public final class FeatureLimits {

    private static final FeatureLimits NONE = new FeatureLimits(null, null, null);

    private final double @Nullable [] lower;
    private final double @Nullable [] upper;
    private final boolean @Nullable [] frozen;

    private FeatureLimits(double @Nullable [] lower, double @Nullable [] upper, boolean @Nullable [] frozen) {
        this.lower = lower;
        this.upper = upper;
        this.frozen = frozen;
    }

    /**
     * No limits beside the model's box.
     *
     * @return the limits of an attacker who may change every feature
     */
    public static FeatureLimits none() {
        return NONE;
    }

    /**
     * Sets ranges.
     *
     * @param least the least value of every feature, in input units, {@code -infinity} for none; not modified
     * @param greatest the greatest value of every feature, {@code +infinity} for none; not modified
     * @return these limits with the ranges
     * @throws IllegalArgumentException if the lengths differ from each other or from the frozen features', or a range is empty or NaN
     */
    public FeatureLimits withRanges(double[] least, double[] greatest) {
        requireLength("greatest values", greatest.length, least.length);
        if (frozen != null) {
            requireLength("ranges", least.length, frozen.length);
        }
        for (int j = 0; j < least.length; j++) {
            if (!(least[j] <= greatest[j])) {
                throw new IllegalArgumentException("feature limits: feature " + j + " has the range [" + least[j] + ", "
                        + greatest[j] + "]; expected a least value that is not above the greatest");
            }
        }
        return new FeatureLimits(least.clone(), greatest.clone(), frozen);
    }

    /**
     * Freezes features.
     *
     * @param features for every feature, whether the attacker must leave it as it is; not modified
     * @return these limits with the features frozen
     * @throws IllegalArgumentException if the number of features differs from the ranges'
     */
    public FeatureLimits withFrozen(boolean... features) {
        if (lower != null) {
            requireLength("frozen features", features.length, lower.length);
        }
        return new FeatureLimits(lower, upper, features.clone());
    }

    private static void requireLength(String what, int got, int wanted) {
        if (got != wanted) {
            throw new IllegalArgumentException(
                    "feature limits: expected " + wanted + " " + what + ", one for every feature, got " + got);
        }
    }

    /** Whether there is nothing to observe. */
    boolean isNone() {
        return lower == null && frozen == null;
    }

    /** Fails unless the limits are for so many features. */
    void requireFeatures(int features) {
        if (lower != null) {
            requireLength("ranges", features, lower.length);
        }
        if (frozen != null) {
            requireLength("frozen features", features, frozen.length);
        }
    }

    double lower(int feature) {
        return lower == null ? Double.NEGATIVE_INFINITY : lower[feature];
    }

    double upper(int feature) {
        return upper == null ? Double.POSITIVE_INFINITY : upper[feature];
    }

    boolean isFrozen(int feature) {
        return frozen != null && frozen[feature];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FeatureLimits limits
                && Arrays.equals(lower, limits.lower)
                && Arrays.equals(upper, limits.upper)
                && Arrays.equals(frozen, limits.frozen);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lower) + 31 * Arrays.hashCode(upper) + 961 * Arrays.hashCode(frozen);
    }

    /**
     * The limits.
     *
     * @return every range and frozen feature, or "none"
     */
    @Override
    public String toString() {
        if (isNone()) {
            return "none";
        }
        String ranges = lower == null ? "" : "lower=" + Arrays.toString(lower) + ", upper=" + Arrays.toString(upper);
        String fixed = frozen == null ? "" : "frozen=" + Arrays.toString(frozen);
        return ranges + (ranges.isEmpty() || fixed.isEmpty() ? "" : ", ") + fixed;
    }
}
