package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;

/**
 * What counts as the best point.
 *
 * @param norm the norm in which distances are measured and reported
 * @param targeted whether labels are classes to reach
 * @param closest true for the success nearest to the input; false for the one of highest loss (targeted: lowest)
 * @param radius points farther away, in {@code norm}, are not taken note of; infinite for all points
 * @param measure what the nearest success is nearest in, usually {@code norm}'s distance
 */
record Search(Norm norm, boolean targeted, boolean closest, double radius, Measure measure) {

    /** A measure of how far a point is from the input. */
    @FunctionalInterface
    interface Measure {
        double between(double[] point, double[] input);
    }

    /** The strongest point within a ball. */
    static Search strongest(Norm norm, boolean targeted) {
        return new Search(norm, targeted, false, Double.POSITIVE_INFINITY, norm::distance);
    }

    /** The nearest success. */
    static Search closest(Norm norm, boolean targeted) {
        return new Search(norm, targeted, true, Double.POSITIVE_INFINITY, norm::distance);
    }

    /** The same by another measure. */
    Search by(Measure other) {
        return new Search(norm, targeted, closest, radius, other);
    }

    /** The same among the points within a ball: for a search that leaves it on its way. */
    Search within(double epsilon) {
        return new Search(norm, targeted, closest, epsilon, measure);
    }

    /** Whether a class is what is looked for. */
    boolean isHit(int prediction, int label) {
        return (prediction == label) == targeted;
    }
}
