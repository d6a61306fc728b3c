package org.jacreg.examples.study;

import java.util.List;

/**
 * How a measure goes with a gap. A point is a way and strength of training with a number of digits, a mean over the seeds.
 *
 * @param measure its name
 * @param gap which gap
 * @param all over all points
 * @param within over the points of equal numbers of digits, the mean over these numbers: what is left where more digits cannot be the
 *     common cause
 * @param sizes for each number of digits, increasing
 */
public record Correlation(String measure, GapKind gap, KendallTau all, KendallTau within, List<KendallTau> sizes) {

    /** Copies the list. */
    public Correlation {
        sizes = List.copyOf(sizes);
    }
}
