package org.jacreg.bounds.certify.dataset;

import java.util.Map;
import java.util.TreeMap;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;

/**
 * How radii are found and what they are worth: everything that they depend on beside the samples and the {@link RadiusSearch}.
 *
 * @param method the method's name, for example {@code CROWN}
 * @param norm the norm of the balls
 * @param guarantee what a radius is worth
 * @param box the inputs that are looked at
 * @param settings further settings by name
 * @param network what is certified
 */
public record Procedure(
        String method,
        BallNorm norm,
        Guarantee guarantee,
        InputBox box,
        Map<String, String> settings,
        Network network) {

    /** Copies the settings, in the order of their names. */
    public Procedure {
        settings = java.util.Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /**
     * A network, by what it is known again.
     *
     * @param form what was hashed: {@code graph of bounds}, {@code layers} or {@code classifier}; hashes of different forms differ
     * @param sha256 the hash of structure and weights
     * @param inputs the size of a sample
     * @param classes the number of classes
     */
    public record Network(String form, String sha256, int inputs, int classes) {

        static Network of(BoundGraph graph) {
            return new Network("graph of bounds", graph.fingerprint(), graph.inputs(), graph.classes());
        }

        static Network of(LayeredNetwork network) {
            return new Network("layers", network.fingerprint(), network.inputs(), network.classes());
        }
    }
}
