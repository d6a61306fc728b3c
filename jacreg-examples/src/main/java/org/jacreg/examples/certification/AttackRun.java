package org.jacreg.examples.certification;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacreg.bounds.certify.BallNorm;

/**
 * What attacks in one norm found on one network.
 *
 * @param way how the network was trained
 * @param norm of the attacks
 * @param nearest for every digit the distance in that norm of the nearest error found; {@link Double#MAX_VALUE} where none was
 * @param claims how many radii were held against the attacks
 * @param attacked on how many digits each attack ran
 * @param violations what contradicts a certificate
 * @param seconds of processor time
 */
public record AttackRun(
        Way way,
        BallNorm norm,
        List<Double> nearest,
        int claims,
        Map<String, Integer> attacked,
        List<Violation> violations,
        double seconds) {

    /** Copies. */
    public AttackRun {
        nearest = List.copyOf(nearest);
        attacked = Collections.unmodifiableMap(new TreeMap<>(attacked));
        violations = List.copyOf(violations);
    }
}
