package org.jacreg.attacks.objective;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jacreg.classifier.Classifier;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.SubgraphCopy;
import org.jacreg.training.LossReplacement;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The network at the input, at the attacked one and at the helper example, in one graph with shared weights. What nobody asks
 * for is not added.
 */
final class Branches {

    static final String SCOPE = LossReplacement.SCOPE;
    static final String ATTACKED = SCOPE + "/attacked_input";
    static final String TARGETS = SCOPE + "/targets";
    static final String HELPER = SCOPE + "/helper_input";
    static final String HELPER_TARGETS = SCOPE + "/helper_targets";
    static final String WEIGHTS = SCOPE + "/sample_weights";

    private final SameDiff sd;
    private final GraphModel model;
    private final SubgraphCopy copy;
    private final long[] inputShape;
    private final int classes;
    private final boolean weighted;
    private final Map<String, SDVariable> made = new HashMap<>();

    Branches(GraphModel model, SubgraphCopy copy, Classifier classifier, boolean weighted) {
        this.sd = model.sameDiff();
        this.model = model;
        this.copy = copy;
        this.classes = classifier.classes();
        this.weighted = weighted;
        long[] shape = classifier.inputShape();
        this.inputShape = new long[shape.length + 1];
        System.arraycopy(shape, 0, inputShape, 1, shape.length);
        long[] declared = sd.getVariable(model.input()).placeholderShape();
        inputShape[0] = declared == null || declared.length == 0 ? -1 : declared[0];
    }

    int classes() {
        return classes;
    }

    /** Log-probabilities {@code [N, C]} at the input. */
    SDVariable clean() {
        return once("clean", () -> sd.nn().logSoftmax(sd.getVariable(model.logits())));
    }

    /** Log-probabilities {@code [N, C]} at the attacked input. */
    SDVariable attacked() {
        return once("attacked", () -> at(ATTACKED));
    }

    /** Log-probabilities {@code [N, C]} at the helper example. */
    SDVariable helper() {
        return once("helper", () -> at(HELPER));
    }

    private SDVariable at(String input) {
        DataType type = sd.getVariable(model.input()).dataType();
        SDVariable other = sd.placeHolder(input, type, inputShape);
        return sd.nn().logSoftmax(copy.emit(Map.of(model.input(), other)));
    }

    /** The labels as distributions {@code [N, C]}. */
    SDVariable targets() {
        return once(TARGETS, () -> placeHolder(TARGETS, classes));
    }

    /** The teacher's labels as distributions {@code [N, C]}. */
    SDVariable helperTargets() {
        return once(HELPER_TARGETS, () -> placeHolder(HELPER_TARGETS, classes));
    }

    /** Rows of samples, each times the sample's weight if there are weights. */
    SDVariable weighted(SDVariable rows) {
        return weighted ? rows.mul(once(WEIGHTS, () -> placeHolder(WEIGHTS, 1))) : rows;
    }

    private SDVariable placeHolder(String name, int columns) {
        return sd.placeHolder(name, sd.getVariable(model.logits()).dataType(), inputShape[0], columns);
    }

    /** {@code [N, C]}. */
    SDVariable probability(SDVariable logProbability) {
        return once("probability of " + logProbability.name(), () -> sd.math().exp(logProbability));
    }

    /** The probability of the true class, {@code [N, 1]}. */
    SDVariable trueProbability(SDVariable logProbability) {
        return targets().mul(probability(logProbability)).sum(true, 1);
    }

    /** One-hot rows of the largest entries; no gradient runs through the choice. */
    SDVariable hottest(SDVariable rows) {
        return sd.oneHot(sd.argmax(rows, 1), classes, 1, 1, 0, rows.dataType());
    }

    /** The mean over samples of the sums of rows {@code [N, C]}. */
    SDVariable meanOfSums(SDVariable rows) {
        return rows.mean().mul(classes);
    }

    private SDVariable once(String name, Supplier<SDVariable> make) {
        SDVariable known = made.get(name);
        if (known == null) {
            known = make.get();
            made.put(name, known);
        }
        return known;
    }
}
