package org.jacreg.attacks;

import java.util.concurrent.atomic.AtomicReference;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes everything on to a classifier and remembers the last points it was shown.
 *
 * @param model whom to ask
 * @param last a copy of the last points
 */
record LastPoint(Classifier model, AtomicReference<INDArray> last) implements Classifier {

    static LastPoint of(Classifier model) {
        return new LastPoint(model, new AtomicReference<>());
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
        last.set(x.dup('c'));
        return model.logits(x);
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        return model.vjp(x, cotangent);
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        last.set(x.dup('c'));
        return model.crossEntropyGradient(x, labels);
    }
}
