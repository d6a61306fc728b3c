package org.jacreg.attacks.evaluation;

import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A classifier with a fault.
 *
 * @param model the classifier without it
 * @param logits what becomes of logits
 * @param gradients what becomes of gradients, given the input
 */
record FakeModel(Classifier model, UnaryOperator<INDArray> logits, BinaryOperator<INDArray> gradients)
        implements Classifier {

    static FakeModel withLogits(Classifier model, UnaryOperator<INDArray> logits) {
        return new FakeModel(model, logits, (x, gradient) -> gradient);
    }

    static FakeModel withGradients(Classifier model, BinaryOperator<INDArray> gradients) {
        return new FakeModel(model, z -> z, gradients);
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
        return logits.apply(model.logits(x));
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        return gradients.apply(x, model.vjp(x, cotangent));
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        LossGradient answer = model.crossEntropyGradient(x, labels);
        return new LossGradient(answer.loss(), logits.apply(answer.logits()), gradients.apply(x, answer.gradient()));
    }
}
