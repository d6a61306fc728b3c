package org.jacreg.attacks;

import java.util.List;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes everything on to a classifier and keeps every point whose logits are asked for, in batches of one.
 *
 * @param model whom to ask
 * @param visited gains the points
 */
record VisitedPoints(Classifier model, List<double[]> visited) implements Classifier {

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public long[] inputShape() {
        return model.inputShape();
    }

    @Override
    public DataType dataType() {
        return model.dataType();
    }

    @Override
    public InputBox box() {
        return model.box();
    }

    @Override
    public INDArray logits(INDArray x) {
        visited.add(ContractChecks.values(x));
        return model.logits(x);
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        return model.vjp(x, cotangent);
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        visited.add(ContractChecks.values(x));
        return model.crossEntropyGradient(x, labels);
    }
}
