package org.jacreg.examples.certification;

import java.util.List;
import java.util.Map;

/**
 * All methods on one small network and the same digits, l_inf.
 *
 * @param way how the network was trained
 * @param radii by method, from the loosest to the tightest; -1 where nothing is certified
 * @param nearest the distances of the nearest errors found by attacks
 * @param open at how many of the digits branch and bound ended by its limit of nodes at least once
 * @param nodes of branch and bound, all radii of all digits together
 * @param violations what contradicts a certificate
 * @param seconds of processor time by method
 */
public record LadderRun(
        Way way,
        Map<String, List<Double>> radii,
        List<Double> nearest,
        int open,
        long nodes,
        List<Violation> violations,
        Map<String, Double> seconds) {

    /** Copies. */
    public LadderRun {
        nearest = List.copyOf(nearest);
        violations = List.copyOf(violations);
    }
}
