package org.jacreg.classifier;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.InputCheck;
import org.jacreg.graph.QuietGradients;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A classifier over a SameDiff graph. Gradients are SameDiff's own first-order ones, so that every graph that can be trained
 * can be attacked; the losses are added to private copies that share the user's weights.
 */
final class SameDiffClassifier implements Classifier {

    private final String input;
    private final DataType type;
    private final int classes;
    private final long[] inputShape;
    private final InputBox box;
    private final ClassifierBuilder.@Nullable Normalisation normalisation;
    private final Head products;
    private final Head crossEntropy;

    SameDiffClassifier(
            GraphModel model,
            long @Nullable [] shape,
            InputBox box,
            ClassifierBuilder.@Nullable Normalisation normalisation) {
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
        this.products = Head.products(model, classes);
        products.copy().verify(model, probe);
        this.crossEntropy = Head.crossEntropy(model, classes);
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
    public INDArray logits(INDArray x) {
        return products.logits(prepared(x)).dup();
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        INDArray entered = prepared(x);
        if (!Arrays.equals(cotangent.shape(), new long[] {x.size(0), classes})) {
            throw new IllegalArgumentException("cotangent has shape " + Arrays.toString(cotangent.shape())
                    + "; expected [" + x.size(0) + ", " + classes + "]");
        }
        InputCheck.finite("cotangent", cotangent);
        INDArray gradient = products.evaluate(entered, cotangent.castTo(products.cotangentType()))
                .gradient();
        return pulledBack(gradient);
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        INDArray entered = prepared(x);
        INDArray oneHot = oneHot(labels, x.size(0));
        LossGradient result = crossEntropy.evaluate(entered, oneHot);
        return new LossGradient(result.loss().reshape(x.size(0)), result.logits(), pulledBack(result.gradient()));
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
        InputCheck.batch("input '" + input + "'", x, inputShape, -1);
        INDArray cast = x.castTo(type);
        return normalisation == null ? cast : normalisation.apply(cast);
    }

    private INDArray pulledBack(INDArray gradient) {
        return normalisation == null ? gradient : normalisation.pullBack(gradient);
    }

    /** A private copy of the graph with a loss whose gradient by the input is wanted. */
    private record Head(GraphCopy copy, String input, String logits, String weights, String loss) {

        private static final String LOSS = "jacreg/loss";
        private static final String WEIGHTS = "jacreg/weights";

        /** The loss is {@code sum_nc v_nc z_nc}: its gradient is {@code J^T v}. */
        static Head products(GraphModel model, int classes) {
            return of(model, classes, (z, v) -> z.getSameDiff().sum(LOSS, z.mul(v)));
        }

        /**
         * The loss of sample n is {@code -log softmax(z_n)_label}. ND4J's loss op gives the losses one by one and takes them
         * for what is to be minimized, so the gradient is that of their sum.
         */
        static Head crossEntropy(GraphModel model, int classes) {
            return of(model, classes, (z, v) -> {
                SameDiff sd = z.getSameDiff();
                SDVariable ones = sd.constant(Nd4j.scalar(z.dataType(), 1.0));
                return sd.loss().softmaxCrossEntropy(LOSS, v, z, ones, LossReduce.NONE, 0);
            });
        }

        private static Head of(GraphModel model, int classes, java.util.function.BinaryOperator<SDVariable> lossOf) {
            GraphCopy copy = GraphCopy.of(model.sameDiff());
            SameDiff sd = copy.graph();
            SDVariable z = sd.getVariable(model.logits());
            SDVariable v = sd.placeHolder(WEIGHTS, z.dataType(), -1, classes);
            SDVariable loss = lossOf.apply(z, v);
            sd.setLossVariables(loss.name());
            QuietGradients.create(sd, model.input());
            return new Head(copy, model.input(), model.logits(), v.name(), loss.name());
        }

        DataType cotangentType() {
            return copy.graph().getVariable(weights).dataType();
        }

        INDArray logits(INDArray x) {
            copy.refresh();
            return copy.graph().outputSingle(Map.of(input, x), logits);
        }

        LossGradient evaluate(INDArray x, INDArray v) {
            refresh();
            Map<String, INDArray> fed = new HashMap<>();
            fed.put(input, x);
            fed.put(weights, v);
            OutAndGrad result = copy.graph().calculateGradientsAndOutputs(fed, List.of(loss, logits), List.of(input));
            return new LossGradient(
                    fresh(result.getOutputs(), loss),
                    fresh(result.getOutputs(), logits),
                    fresh(result.getGradients(), input));
        }

        private static INDArray fresh(Map<String, INDArray> values, String name) {
            return Objects.requireNonNull(values.get(name), name).dup();
        }

        /** The gradient function is a graph of its own, with its own table of arrays. */
        private void refresh() {
            copy.refresh();
            copy.refreshInto(copy.graph().getFunction("grad"));
        }
    }
}
