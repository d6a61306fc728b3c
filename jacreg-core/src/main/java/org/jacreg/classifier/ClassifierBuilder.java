package org.jacreg.classifier;

import java.util.Arrays;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Builds a {@link Classifier} over a SameDiff graph; every name that is not given is inferred. */
public final class ClassifierBuilder {

    private final SameDiff sd;
    private InputBox box = InputBox.unbounded();
    private @Nullable String input;
    private @Nullable String logits;
    private long @Nullable [] inputShape;
    private @Nullable Normalisation normalisation;

    ClassifierBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * Bounds every coordinate of an input; the whole space by default.
     *
     * @param lower the least value, {@code -infinity} for none
     * @param upper the greatest value, {@code +infinity} for none
     * @return this
     * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
     */
    public ClassifierBuilder bounds(double lower, double upper) {
        this.box = new InputBox(lower, upper);
        return this;
    }

    /**
     * Normalises inputs before they enter the graph: {@code (x - mean) / standardDeviation}. Box, attacks and gradients stay
     * in input units.
     *
     * @param mean the mean of every coordinate
     * @param standardDeviation positive and finite
     * @return this
     * @throws IllegalArgumentException if a value is not finite, or the deviation not positive
     */
    public ClassifierBuilder normalise(double mean, double standardDeviation) {
        return normalise(Nd4j.scalar(mean), Nd4j.scalar(standardDeviation));
    }

    /**
     * Normalises inputs before they enter the graph: {@code (x - mean) / standardDeviation}, coordinate by coordinate.
     *
     * @param mean broadcasts to {@code [N, *inputShape]}, for example {@code [1, 3, 1, 1]} for channels; not modified
     * @param standardDeviation positive and finite, of a shape like mean's; not modified
     * @return this
     * @throws IllegalArgumentException if a value is not finite, or a deviation not positive
     */
    public ClassifierBuilder normalise(INDArray mean, INDArray standardDeviation) {
        this.normalisation = new Normalisation(mean, standardDeviation);
        return this;
    }

    /**
     * Names the input.
     *
     * @param name a floating-point placeholder
     * @return this
     */
    public ClassifierBuilder input(String name) {
        this.input = name;
        return this;
    }

    /**
     * Names the logits.
     *
     * @param name a variable of shape {@code [N, C]}
     * @return this
     */
    public ClassifierBuilder logits(String name) {
        this.logits = name;
        return this;
    }

    /**
     * Gives the shape of one sample, where the placeholder does not declare it.
     *
     * @param shape without the batch axis; not modified
     * @return this
     */
    public ClassifierBuilder inputShape(long... shape) {
        this.inputShape = shape.clone();
        return this;
    }

    /**
     * Checks names and shapes.
     *
     * @return the classifier
     * @throws IllegalArgumentException if names or shapes are wrong or cannot be inferred, or if the output holds
     *     probabilities (a softmax) where logits are wanted
     */
    public Classifier build() {
        GraphModelBuilder names = GraphModel.builder(sd);
        if (input != null) {
            names.input(input);
        }
        if (logits != null) {
            names.logits(logits);
        }
        GraphModel model = names.build();
        String producer = model.path().get(model.path().size() - 1).opName();
        if (producer.equals("softmax")) {
            throw new IllegalArgumentException(
                    "output '" + model.logits() + "' is a softmax: attacks need logits, gradients"
                            + " through saturated probabilities vanish. Name the softmax's input with .logits(\""
                            + model.path().get(model.path().size() - 1).inputs().get(0) + "\")");
        }
        return new SameDiffClassifier(model, inputShape, box, normalisation);
    }

    /** What is done to an input before it enters the graph. */
    record Normalisation(INDArray mean, INDArray standardDeviation) {

        Normalisation {
            boolean finite = Double.isFinite(mean.sumNumber().doubleValue())
                    && Double.isFinite(standardDeviation.sumNumber().doubleValue());
            if (!finite || !(standardDeviation.minNumber().doubleValue() > 0)) {
                throw new IllegalArgumentException(
                        "normalisation needs finite means and positive finite deviations, got mean "
                                + mean + " and deviation " + standardDeviation + " of shapes "
                                + Arrays.toString(mean.shape())
                                + " and " + Arrays.toString(standardDeviation.shape()));
            }
            mean = mean.dup();
            standardDeviation = standardDeviation.dup();
        }

        INDArray apply(INDArray x) {
            return x.sub(mean.castTo(x.dataType())).divi(standardDeviation.castTo(x.dataType()));
        }

        INDArray pullBack(INDArray gradient) {
            return gradient.divi(standardDeviation.castTo(gradient.dataType()));
        }
    }
}
