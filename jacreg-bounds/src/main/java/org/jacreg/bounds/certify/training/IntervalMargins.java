package org.jacreg.bounds.certify.training;

import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Lower bounds of the margins {@code z_y - z_j} by intervals. Where a dense layer comes last its columns' differences are bounded as one
 * layer: {@code (w_y - w_j) c + b_y - b_j - |w_y - w_j| r}; otherwise the logits' own intervals are.
 */
final class IntervalMargins {

    private IntervalMargins() {}

    /** Adds them: {@code [N, C]}, 0 for the class itself. */
    static SDVariable emit(BoundedNetwork network, Map<String, Interval> bounds, ClassPairs pairs) {
        String logits = network.model().logits();
        Interval output = Objects.requireNonNull(bounds.get(logits));
        SDVariable reach = LastLayer.of(network.sites(), logits)
                .map(last -> {
                    SDVariable differences = pairs.differencesOf(last.weights());
                    return Objects.requireNonNull(bounds.get(last.input()))
                            .radius()
                            .mmul(network.graph().math().abs(differences));
                })
                .orElseGet(() -> output.radius().mmul(pairs.absolute()));
        return pairs.ofTrueClass(pairs.differencesOf(output.centre()).sub(reach));
    }
}
