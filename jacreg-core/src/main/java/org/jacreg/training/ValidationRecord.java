package org.jacreg.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.listeners.records.EvaluationRecord;

/**
 * One pass over the validation data.
 *
 * @param losses the mean over the batches of every validation loss, each batch counting the same
 * @param evaluations the validation evaluations of the training configuration
 * @param seconds wall-clock time
 */
public record ValidationRecord(Map<String, Double> losses, EvaluationRecord evaluations, double seconds) {

    /** Copies the map. */
    public ValidationRecord {
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
    }

    /**
     * The sum of the validation losses.
     *
     * @return 0 if there are none
     */
    public double loss() {
        return losses.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
