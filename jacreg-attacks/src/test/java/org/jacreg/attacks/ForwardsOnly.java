package org.jacreg.attacks;

import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A classifier that fails when it is asked for a gradient, and counts how often it is asked for logits.
 *
 * @param model whom to ask
 * @param onlyPredictions whether logits are 1 for the predicted class and 0 otherwise
 * @param calls the number of batches so far
 */
record ForwardsOnly(Classifier model, boolean onlyPredictions, AtomicInteger calls) implements Classifier {

    static ForwardsOnly of(Classifier model) {
        return new ForwardsOnly(model, false, new AtomicInteger());
    }

    static ForwardsOnly predictionsOf(Classifier model) {
        return new ForwardsOnly(model, true, new AtomicInteger());
    }

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
        calls.incrementAndGet();
        INDArray logits = model.logits(x);
        if (!onlyPredictions) {
            return logits;
        }
        int[] top = logits.argMax(1).toIntVector();
        double[][] hot = new double[top.length][classes()];
        for (int n = 0; n < top.length; n++) {
            hot[n][top[n]] = 1;
        }
        return Nd4j.createFromArray(hot).castTo(logits.dataType());
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        throw new AssertionError("asked for a gradient");
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        throw new AssertionError("asked for a gradient");
    }
}
