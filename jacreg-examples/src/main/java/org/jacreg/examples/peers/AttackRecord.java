package org.jacreg.examples.peers;

import java.util.List;
import java.util.Map;

/**
 * What one of our attacks found.
 *
 * @param attack {@code pgd}, {@code apgd} or {@code square}
 * @param options every option that the other side needs
 * @param seconds how long it took
 * @param success for each digit, whether it was misclassified or a misclassified point was found
 * @param loss for each digit, the highest cross-entropy met
 */
record AttackRecord(
        String attack, Map<String, Object> options, double seconds, List<Boolean> success, List<Double> loss) {

    AttackRecord {
        options = Map.copyOf(options);
        success = List.copyOf(success);
        loss = List.copyOf(loss);
    }
}
