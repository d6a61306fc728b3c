package org.jacreg.bounds.measures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.gradient.Gradients;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphModel;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The mean cross-entropy of a sample as a function of the weights, on a copy of the graph with weights of its own. */
final class WeightLoss {

    private static final String TARGETS = "sharpness/targets";
    private static final String LOSS = "sharpness/loss";

    private final SameDiff sd;
    private final Map<String, INDArray> feed;
    private final List<SDVariable> weights = new ArrayList<>();
    private final List<INDArray> centre = new ArrayList<>();
    private final List<SDVariable> gradients;

    /** The loss at one point with its gradient, by weight. */
    record Value(double loss, List<INDArray> gradient) {}

    WeightLoss(GraphModel model, INDArray x, int[] labels, int classes) {
        sd = GraphCopy.of(model.sameDiff()).graph();
        SDVariable logits = sd.getVariable(model.logits());
        for (SDVariable variable : List.copyOf(sd.variables())) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()
                    && GraphModel.depends(sd, logits.name(), variable.name())) {
                centre.add(variable.getArr().dup());
                variable.setArray(variable.getArr().dup());
                weights.add(variable);
            }
        }
        if (weights.isEmpty()) {
            throw new IllegalArgumentException("the logits '" + model.logits() + "' depend on no weights");
        }
        SDVariable targets = sd.placeHolder(TARGETS, logits.dataType(), -1, classes);
        SDVariable loss = sd.loss().softmaxCrossEntropy(LOSS, targets, logits, null);
        gradients = Gradients.gradientsOf(loss, weights, VjpRules.standard());
        INDArray oneHot = Nd4j.zeros(logits.dataType(), labels.length, classes);
        for (int i = 0; i < labels.length; i++) {
            oneHot.putScalar(i, labels[i], 1.0);
        }
        feed = Map.of(model.input(), x.castTo(sd.getVariable(model.input()).dataType()), TARGETS, oneHot);
    }

    /** The weights of the graph; not to be modified. */
    List<INDArray> centre() {
        return centre;
    }

    /** Evaluates at {@code centre + offset}; the offset is not modified. */
    Value at(List<INDArray> offset) {
        List<String> names = new ArrayList<>(List.of(LOSS));
        for (int k = 0; k < weights.size(); k++) {
            weights.get(k).getArr().assign(centre.get(k).add(offset.get(k)));
            names.add(gradients.get(k).name());
        }
        Map<String, INDArray> values = sd.output(feed, names);
        double loss = number(values, LOSS).getDouble(0);
        List<INDArray> gradient = new ArrayList<>();
        for (SDVariable variable : gradients) {
            gradient.add(number(values, variable.name()));
        }
        if (!(Math.abs(loss) < Double.POSITIVE_INFINITY)) {
            throw new ArithmeticException(
                    "mean cross-entropy at perturbed weights is " + loss + "; a smaller radius may help");
        }
        return new Value(loss, gradient);
    }

    private static INDArray number(Map<String, INDArray> values, String name) {
        INDArray value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no value for '" + name + "' among "
                    + Arrays.toString(values.keySet().toArray()));
        }
        return value;
    }
}
