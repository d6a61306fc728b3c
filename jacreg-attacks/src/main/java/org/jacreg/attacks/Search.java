package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;

/**
 * What counts as the best point.
 *
 * @param norm the norm in which distances are measured
 * @param targeted whether labels are classes to reach
 * @param closest true for the success nearest to the input; false for the one of highest loss (targeted: lowest)
 */
record Search(Norm norm, boolean targeted, boolean closest) {

    /** The strongest point within a ball. */
    static Search strongest(Norm norm, boolean targeted) {
        return new Search(norm, targeted, false);
    }

    /** The nearest success. */
    static Search closest(Norm norm, boolean targeted) {
        return new Search(norm, targeted, true);
    }
}
