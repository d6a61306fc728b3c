package org.jacreg.examples.certification;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Certified radii of some digits on one network.
 *
 * @param way how the network was trained
 * @param from the first digit
 * @param correct for every digit whether it is classified correctly
 * @param radii for every {@link RadiusKind} by name the radii of the digits or of the first of them, -1 where nothing is certified
 * @param seconds of processor time for each
 */
public record RadiiRun(
        Way way, int from, List<Boolean> correct, Map<String, List<Double>> radii, Map<String, Double> seconds) {

    /** Copies. */
    public RadiiRun {
        correct = List.copyOf(correct);
        radii = Collections.unmodifiableMap(new TreeMap<>(radii));
        seconds = Collections.unmodifiableMap(new TreeMap<>(seconds));
    }
}
