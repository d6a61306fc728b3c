package org.jacreg.examples.certification;

import java.util.Locale;
import org.jacreg.bounds.certify.BallNorm;

/**
 * A point that contradicts a claim.
 *
 * @param network whose claim it was
 * @param sample its index
 * @param label the class that was to win
 * @param method how it was claimed
 * @param norm the norm of the ball
 * @param radius of the ball
 * @param attack what found the point
 * @param distance of the point from the sample, in that norm
 * @param kind what is contradicted
 * @param claimed the bound
 * @param found what the network gives at the point
 */
public record Violation(
        String network,
        int sample,
        int label,
        String method,
        BallNorm norm,
        double radius,
        String attack,
        double distance,
        Kind kind,
        double claimed,
        double found) {

    /** What is contradicted. */
    public enum Kind {
        /** The class itself: another logit is as large. */
        DECISION,
        /** A lower bound of a margin. */
        MARGIN,
        /** An upper bound of the cross-entropy. */
        LOSS
    }

    /**
     * In words.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, sample %d, class %d: %s claims %s %s within %s of radius %s, %s finds %s at distance %s",
                network,
                sample,
                label,
                method,
                kind.name().toLowerCase(Locale.ROOT),
                claimed,
                norm,
                radius,
                attack,
                found,
                distance);
    }
}
