package org.jacreg.attacks.objective;

import org.jacreg.training.TrainingBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the data of a batch gives for a placeholder. */
final class Fed {

    private Fed() {}

    static INDArray array(TrainingBatch batch, String name, String who) {
        INDArray array = batch.placeholders().get(name);
        if (array == null) {
            throw new IllegalArgumentException(who + " needs values of '" + name
                    + "', but the training configuration maps no data to it, only to "
                    + batch.placeholders().keySet() + "; see dataSetFeatureMapping and dataSetLabelMapping");
        }
        return array;
    }

    static INDArray floatingPoint(TrainingBatch batch, String name, String who) {
        INDArray array = array(batch, name, who);
        if (!array.dataType().isFPType()) {
            throw new IllegalArgumentException(
                    who + " needs floating-point values of '" + name + "', but they are " + array.dataType());
        }
        return array;
    }
}
