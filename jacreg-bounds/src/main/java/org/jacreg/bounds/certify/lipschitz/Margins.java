package org.jacreg.bounds.certify.lipschitz;

import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.certify.NotCertified.Reason;
import org.jacreg.bounds.rounding.ComputedSums;

/** Differences of logits at a sample, with their rounding. */
final class Margins {

    private Margins() {}

    /** A bound from below of {@code z_c - z_j}, less what evaluating it at distance 0 may lose. */
    static double down(SampleErrors at, int c, int j) {
        double doubt = ComputedSums.aboveUnderflow(at.own(c) + at.own(j) + at.evaluated(c) + at.evaluated(j), 4);
        return Math.nextDown(Math.nextDown(at.logit(c) - at.logit(j)) - doubt);
    }

    /** Why nothing is certified where {@link #down} is not positive. */
    static NotCertified refusal(SampleErrors at, int c, int j) {
        double difference = at.logit(c) - at.logit(j);
        if (!(at.reach() > 0)) {
            return new NotCertified(Reason.OVERFLOW, "numbers at the sample itself are too large");
        }
        String numbers = "logit " + at.logit(c) + " of class " + c + " against " + at.logit(j) + " of class " + j;
        return down(at, j, c) > 0
                ? new NotCertified(Reason.MISCLASSIFIED, numbers)
                : new NotCertified(Reason.TIE, numbers + ": the difference " + difference + " is within rounding");
    }
}
