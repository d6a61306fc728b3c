package org.jacreg.attacks;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LogitsGradient;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Passes everything on to a classifier and counts the samples it is asked about. */
final class CountingClassifier implements Classifier {

    private final Classifier model;
    private final AtomicInteger forwards = new AtomicInteger();
    private final AtomicInteger gradients = new AtomicInteger();

    CountingClassifier(Classifier model) {
        this.model = model;
    }

    /** Samples evaluated without a gradient. */
    int forwards() {
        return forwards.get();
    }

    /** Samples evaluated with a gradient. */
    int gradients() {
        return gradients.get();
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
        forwards.addAndGet((int) x.size(0));
        return model.logits(x);
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        gradients.addAndGet((int) x.size(0));
        return model.vjp(x, cotangent);
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        gradients.addAndGet((int) x.size(0));
        return model.crossEntropyGradient(x, labels);
    }

    @Override
    public LogitsGradient logitsAndVjp(INDArray x, UnaryOperator<INDArray> cotangents) {
        gradients.addAndGet((int) x.size(0));
        return model.logitsAndVjp(x, cotangents);
    }
}
