package org.jacreg.attacks;

import org.jacreg.attacks.threat.Region;

/** Keeps frozen features out of directions, so that they do not count in their lengths. */
final class FrozenFeatures {

    private FrozenFeatures() {}

    /** Sets the entries of a gradient to 0 whose features cannot move. */
    static void clear(Region region, int row, double[] gradient) {
        for (int j = 0; j < gradient.length; j++) {
            if (region.lower(row, j) == region.upper(row, j)) {
                gradient[j] = 0;
            }
        }
    }
}
