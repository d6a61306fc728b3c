package org.jacreg.bounds.certify.estimate;

import org.jacreg.bounds.certify.BallNorm;

/**
 * An estimate of the distance to the nearest input of another class. It proves nothing.
 *
 * @param radius the estimated distance, nonnegative; infinite where the gradients at hand see no way to another class
 * @param norm what distances are measured in
 * @param label the class at the input, by the model's own logits, the first of several
 * @param rival the class that seems nearest
 * @param method how it was estimated
 */
public record RadiusEstimate(double radius, BallNorm norm, int label, int rival, Method method) {

    /** How a distance was estimated. */
    public enum Method {
        /** {@link FirstOrderRadius}. */
        FIRST_ORDER,
        /** {@link Clever}. */
        CLEVER
    }

    /**
     * Refuses what is no distance.
     *
     * @param radius the estimated distance
     * @param norm what distances are measured in
     * @param label the class at the input
     * @param rival the class that seems nearest
     * @param method how it was estimated
     * @throws IllegalArgumentException if the radius is negative or NaN
     */
    public RadiusEstimate {
        if (!(radius >= 0)) {
            throw new IllegalArgumentException(
                    "estimated radius: got " + radius + ", wanted a number that is not negative");
        }
    }
}
