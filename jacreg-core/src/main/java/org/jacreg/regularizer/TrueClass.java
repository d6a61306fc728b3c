package org.jacreg.regularizer;

import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The labels of a classifier's graph as one-hot rows, and what follows from them. */
final class TrueClass {

    private final GraphModel model;
    private final GraphProbe probe;
    private final SameDiff sd;
    private final SDVariable label;

    TrueClass(GraphModel model, GraphProbe probe) {
        this.model = model;
        this.probe = probe;
        this.sd = model.sameDiff();
        String name = model.label()
                .orElseThrow(
                        () -> new IllegalArgumentException("weights and margins need to know the true class, but the"
                                + " graph has no label placeholder that is known; name it with .label(\"...\")"));
        this.label = sd.getVariable(name);
        if (probe.outputShape().length != 1) {
            throw new IllegalArgumentException("weights and margins need logits of shape [N, C], but '" + model.logits()
                    + "' has " + probe.spec(model.logits()).dims() + " (-1 stands for the batch)");
        }
    }

    /** {@code [N, C]}, of the logits' type; labels that are integers are class indices. */
    SDVariable oneHot() {
        DataType type = logits().dataType();
        return indices() ? sd.oneHot(sd.reshape(label, -1), probe.classes(), -1, 1, 0, type) : label.castTo(type);
    }

    private boolean indices() {
        return !label.dataType().isFPType();
    }

    private SDVariable logits() {
        return sd.getVariable(model.logits());
    }

    /** {@code 1 - p_y} for given logits {@code [N, C]}, as a column {@code [N]}. */
    SDVariable oneMinusProbability(SDVariable logits) {
        SDVariable probability = sd.sum(sd.nn().softmax(logits, 1).mul(oneHot()), 1);
        return probability.rsub(1.0);
    }

    /** Values for the label with which cotangents that depend on it can be evaluated on the probe's batch. */
    Map<String, INDArray> fed() {
        int n = probe.sampleBatchSize();
        return Map.of(
                label.name(),
                indices() ? Nd4j.zeros(label.dataType(), n) : Nd4j.zeros(label.dataType(), n, probe.classes()));
    }
}
