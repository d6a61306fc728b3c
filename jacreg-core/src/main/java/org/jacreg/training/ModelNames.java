package org.jacreg.training;

import java.util.Optional;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.ClassifierBuilder;
import org.jacreg.classifier.InputBox;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The names of what an objective needs of a graph. What is absent is read off the graph's loss op.
 *
 * @param input the placeholder that is attacked, or around which bounds hold
 * @param logits the variable {@code [N, C]} before the softmax
 * @param label the placeholder of the labels
 */
public record ModelNames(Optional<String> input, Optional<String> logits, Optional<String> label) {

    /** Everything is inferred. */
    public static final ModelNames INFERRED = new ModelNames(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * With another input.
     *
     * @param name a floating-point placeholder
     * @return these names, but for the input
     */
    public ModelNames withInput(String name) {
        return new ModelNames(Optional.of(name), logits, label);
    }

    /**
     * With other logits.
     *
     * @param name a variable of shape {@code [N, C]} before the softmax
     * @return these names, but for the logits
     */
    public ModelNames withLogits(String name) {
        return new ModelNames(input, Optional.of(name), label);
    }

    /**
     * With another label.
     *
     * @param name a placeholder
     * @return these names, but for the label
     */
    public ModelNames withLabel(String name) {
        return new ModelNames(input, logits, Optional.of(name));
    }

    /**
     * Finds what is named, and infers the rest.
     *
     * @param graph the graph; not modified
     * @return the model, which has a label
     * @throws IllegalArgumentException if something is absent or ambiguous
     */
    public GraphModel in(SameDiff graph) {
        GraphModelBuilder names = GraphModel.builder(graph);
        input.ifPresent(names::input);
        logits.ifPresent(names::logits);
        label.ifPresent(names::label);
        GraphModel model = names.build();
        if (model.label().isEmpty()) {
            throw new IllegalArgumentException(
                    "robust training needs labels, but the graph has no label placeholder that"
                            + " is known; name it with .label(\"...\")");
        }
        return model;
    }

    /**
     * Checks that the logits are logits, {@code [N, C]} with at least two classes.
     *
     * @param model the graph; not modified
     * @param box the inputs that are meaningful
     * @return the classifier
     * @throws IllegalArgumentException if they are not
     */
    public static Classifier classifier(GraphModel model, InputBox box) {
        ClassifierBuilder builder =
                Classifier.of(model.sameDiff()).input(model.input()).logits(model.logits());
        Classifier classifier = builder.bounds(box.lower(), box.upper()).build();
        if (classifier.classes() < 2) {
            throw new IllegalArgumentException("robust training needs a softmax over at least 2 classes, but '"
                    + model.logits() + "' has " + classifier.classes()
                    + "; give a single logit z as the two logits (0, z)");
        }
        return classifier;
    }

    @Override
    public String toString() {
        return input.or(() -> logits).or(() -> label).isEmpty()
                ? "inferred"
                : "[input=" + input.orElse("inferred") + ", logits=" + logits.orElse("inferred") + ", label="
                        + label.orElse("inferred") + "]";
    }
}
