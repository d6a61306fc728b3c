package org.jacreg.classifier;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jacreg.graph.GraphFingerprint;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.InputCheck;
import org.jacreg.report.Fingerprint;
import org.jacreg.runtime.QuietOps;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A classifier over a SameDiff graph. Gradients are SameDiff's own first-order ones, so that every graph that can be trained
 * can be attacked; the losses are added to private copies that share the user's weights.
 *
 * <p>Any number of threads may call it; calls wait for one another. Nobody may write the weights meanwhile.
 */
final class SameDiffClassifier implements Classifier {

    private final GraphModel model;
    private final String input;
    private final DataType type;
    private final int classes;
    private final long[] inputShape;
    private final InputBox box;
    private final ClassifierBuilder.@Nullable Normalisation normalisation;
    private final ClassifierHead products;
    private final ClassifierHead crossEntropy;

    SameDiffClassifier(
            GraphModel model,
            long @Nullable [] shape,
            InputBox box,
            ClassifierBuilder.@Nullable Normalisation normalisation) {
        this.model = model;
        this.input = model.input();
        if (!model.sameDiff().getVariable(input).isPlaceHolder()) {
            throw new IllegalArgumentException(
                    "input '" + input + "' of a classifier must be a placeholder, but is computed in"
                            + " the graph; placeholders: " + model.sameDiff().inputs());
        }
        this.type = model.sameDiff().getVariable(input).dataType();
        this.box = box;
        this.normalisation = normalisation;
        GraphProbe probe = GraphProbe.run(model, shape);
        if (probe.outputShape().length != 1) {
            throw new IllegalArgumentException(
                    "logits '" + model.logits() + "' of a classifier must have shape [N, C], but have "
                            + probe.spec(model.logits()).dims() + " (-1 stands for the batch)");
        }
        this.classes = probe.classes();
        this.inputShape = probe.inputShape();
        this.products = ClassifierHead.products(model, classes);
        products.copy().verify(model, probe);
        this.crossEntropy = ClassifierHead.crossEntropy(model, classes);
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] inputShape() {
        return inputShape.clone();
    }

    @Override
    public DataType dataType() {
        return type;
    }

    @Override
    public InputBox box() {
        return box;
    }

    @Override
    public Optional<String> fingerprint() {
        Fingerprint fingerprint = new Fingerprint().add(GraphFingerprint.of(model));
        if (normalisation != null) {
            for (INDArray array : List.of(normalisation.mean(), normalisation.standardDeviation())) {
                fingerprint.add(array.castTo(DataType.DOUBLE).dup('c').data().asDouble());
            }
        }
        return Optional.of(fingerprint.hex());
    }

    @Override
    public INDArray logits(INDArray x) {
        return products.logits(prepared(x));
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        INDArray entered = prepared(x);
        requireCotangent(cotangent, x.size(0));
        return pulledBack(products.gradient(entered, cotangent.castTo(products.cotangentType())));
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        INDArray entered = prepared(x);
        LossGradient result = crossEntropy.lossGradient(entered, oneHot(labels, x.size(0)));
        return new LossGradient(result.loss().reshape(x.size(0)), result.logits(), pulledBack(result.gradient()));
    }

    @Override
    public LogitsGradient logitsAndVjp(INDArray x, UnaryOperator<INDArray> cotangents) {
        LogitsGradient result = products.logitsGradient(prepared(x), z -> {
            INDArray chosen = cotangents.apply(z);
            requireCotangent(chosen, x.size(0));
            return chosen.castTo(products.cotangentType());
        });
        return new LogitsGradient(result.logits(), pulledBack(result.gradient()));
    }

    private void requireCotangent(INDArray cotangent, long n) {
        if (!Arrays.equals(cotangent.shape(), new long[] {n, classes})) {
            throw new IllegalArgumentException("cotangent has shape " + Arrays.toString(cotangent.shape())
                    + "; expected [" + n + ", " + classes + "]");
        }
        InputCheck.finite("cotangent", cotangent);
    }

    @Override
    public CrossEntropySteps crossEntropySteps(int[] labels) {
        return stepsTowards(oneHot(labels, labels.length));
    }

    @Override
    public CrossEntropySteps crossEntropySteps(INDArray targets) {
        return QuietOps.call(
                () -> stepsTowards(Distributions.checked(targets, classes).castTo(crossEntropy.cotangentType())));
    }

    private CrossEntropySteps stepsTowards(INDArray targets) {
        LossGradient own = QuietOps.call(() -> crossEntropy.room(targets.size(0), inputShape, type));
        return x -> {
            crossEntropy.lossGradientInto(own, normalised(x), targets);
            return new LossGradient(own.loss(), own.logits(), pulledBack(own.gradient()));
        };
    }

    private INDArray oneHot(int[] labels, long n) {
        if (labels.length != n) {
            throw new IllegalArgumentException("got " + labels.length + " labels for " + n + " inputs");
        }
        INDArray result = Nd4j.create(crossEntropy.cotangentType(), n, classes);
        for (int i = 0; i < n; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "label " + labels[i] + " of sample " + i + " is no class; expected 0 to " + (classes - 1));
            }
            result.putScalar(i, labels[i], 1.0);
        }
        return result;
    }

    private INDArray prepared(INDArray x) {
        return QuietOps.call(() -> {
            InputCheck.batch("input '" + input + "'", x, inputShape, -1);
            return normalised(x.castTo(type));
        });
    }

    private INDArray normalised(INDArray x) {
        return normalisation == null ? x : normalisation.apply(x);
    }

    private INDArray pulledBack(INDArray gradient) {
        return normalisation == null ? gradient : normalisation.pullBack(gradient);
    }
}
