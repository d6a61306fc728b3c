package org.jacreg.bounds.rademacher;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A class of networks: those of one SameDiff graph whose weights lie in given balls. Weights without a ball keep their values.
 *
 * @param model the graph, with its input and its logits. Not modified, nor are its weights.
 * @param balls the ball of every weight that varies, by the variable's name; at least one
 */
public record NetworkClass(GraphModel model, Map<String, WeightBall> balls) {

    /**
     * Checks that the weights exist and have the norms.
     *
     * @param model the graph
     * @param balls the balls
     * @throws IllegalArgumentException if there is no ball, a name is no floating-point weight of the graph that the logits
     *     depend on, or an operator norm is bounded of an array that is no matrix
     */
    public NetworkClass {
        balls = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(balls));
        if (balls.isEmpty()) {
            throw new IllegalArgumentException("class of networks: got no ball of weights, wanted at least one of "
                    + weights(model).keySet() + "; with all weights fixed it is a single function");
        }
        Map<String, INDArray> weights = weights(model);
        for (Map.Entry<String, WeightBall> entry : balls.entrySet()) {
            INDArray weight = weights.get(entry.getKey());
            if (weight == null) {
                throw new IllegalArgumentException("class of networks: '" + entry.getKey() + "' is no weight that '"
                        + model.logits() + "' depends on; those are " + weights.keySet());
            }
            if (!entry.getValue().fits(weight.shape())) {
                throw new IllegalArgumentException("class of networks: weight '" + entry.getKey() + "' has shape "
                        + java.util.Arrays.toString(weight.shape())
                        + ", and only matrices have an operator norm here; bound its Frobenius norm");
            }
        }
    }

    /**
     * The class of the networks whose weights and biases each have a Frobenius norm of at most that of the present ones. Arrays of
     * zeros stay zero.
     *
     * @param model the graph, with its weights. Not modified.
     * @return the class
     * @throws IllegalArgumentException if no weight differs from zero
     */
    public static NetworkClass ofPresentNorms(GraphModel model) {
        Map<String, WeightBall> balls = new LinkedHashMap<>();
        weights(model).forEach((name, weight) -> {
            double norm = weight.norm2Number().doubleValue();
            if (norm > 0) {
                balls.put(name, WeightBall.frobenius(norm));
            }
        });
        return new NetworkClass(model, balls);
    }

    /** The graph's own arrays by name, of every weight that the logits depend on. */
    private static Map<String, INDArray> weights(GraphModel model) {
        SameDiff sd = model.sameDiff();
        Map<String, INDArray> weights = new LinkedHashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()
                    && GraphModel.depends(sd, model.logits(), variable.name())) {
                weights.put(variable.name(), variable.getArr());
            }
        }
        return weights;
    }

    @Override
    public String toString() {
        return "networks '" + model.logits() + "' with weights in " + balls;
    }
}
