package org.jacreg.bounds.certify.training;

import java.util.Arrays;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.Labels;
import org.jacreg.graph.GraphModel;
import org.jacreg.training.TrainingBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the objectives of this package ask of a graph and of the data. */
final class Inputs {

    private Inputs() {}

    static void check(GraphModel model, String who) {
        if (model.inputs().size() > 1
                || !model.sameDiff().getVariable(model.input()).isPlaceHolder()) {
            throw new IllegalArgumentException(who + ": wanted one placeholder as input, got " + model.inputs()
                    + "; name it with .input(\"...\")");
        }
    }

    /** NaN is let through: the trainer says what becomes of it. */
    static void requireInside(INDArray x, InputBox box, String name, String who) {
        double least = x.minNumber().doubleValue();
        double greatest = x.maxNumber().doubleValue();
        if (least < box.lower() || greatest > box.upper()) {
            throw new IllegalArgumentException(who + ": '" + name + "' has values from " + least + " to " + greatest
                    + ", outside of the box from " + box.lower() + " to " + box.upper()
                    + "; scale the inputs or give other bounds(...)");
        }
    }

    static int[] labels(TrainingBatch batch, GraphModel model, int classes, String who) {
        INDArray given = batch.array(model.label().orElseThrow(), who);
        int[] labels;
        try {
            labels = Labels.indices(given, classes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    who + " bounds the margins of a class, so labels must be classes: " + e.getMessage(), e);
        }
        long samples = batch.array(model.input(), who).size(0);
        if (labels.length != samples) {
            throw new IllegalArgumentException(who + ": labels of shape " + Arrays.toString(given.shape())
                    + "; wanted one for each of " + samples + " samples");
        }
        return labels;
    }
}
