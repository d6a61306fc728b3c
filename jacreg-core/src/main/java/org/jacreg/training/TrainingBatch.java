package org.jacreg.training;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch on its way into the graph.
 *
 * @param placeholders a value for every placeholder that the training configuration maps data to, in the placeholder's type;
 *     the arrays are the data set's own where the types agree: not to be modified
 * @param iteration the training configuration's count of steps before this one: with it and a seed, what is random in a step
 *     is the same after a resume
 * @param epoch the training configuration's count of epochs before this one
 * @param training false where the batch is for validation, and the weights stay as they are
 */
public record TrainingBatch(Map<String, INDArray> placeholders, int iteration, int epoch, boolean training) {

    /** Copies the map. */
    public TrainingBatch {
        placeholders = Map.copyOf(placeholders);
    }

    /**
     * The values of one placeholder.
     *
     * @param name the placeholder
     * @param who needs them, for the message
     * @return the data set's own array: not to be modified
     * @throws IllegalArgumentException if the training configuration maps no data to it
     */
    public INDArray array(String name, String who) {
        INDArray array = placeholders.get(name);
        if (array == null) {
            throw new IllegalArgumentException(who + " needs values of '" + name
                    + "', but the training configuration maps no data to it, only to " + placeholders.keySet()
                    + "; see dataSetFeatureMapping and dataSetLabelMapping");
        }
        return array;
    }

    /**
     * The values of a floating-point placeholder.
     *
     * @param name the placeholder
     * @param who needs them, for the message
     * @return the data set's own array: not to be modified
     * @throws IllegalArgumentException if no data is mapped to it, or data of another kind
     */
    public INDArray floatingPoint(String name, String who) {
        INDArray array = array(name, who);
        if (!array.dataType().isFPType()) {
            throw new IllegalArgumentException(
                    who + " needs floating-point values of '" + name + "', but they are " + array.dataType());
        }
        return array;
    }
}
