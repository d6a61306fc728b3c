package org.jacreg.regularizer;

import java.util.HashMap;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.SubgraphCopy;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Emits the weights of samples, {@code [N]}. */
final class WeightEmitter {

    private final GraphModel model;
    private final GraphProbe probe;
    private final VjpRules rules;

    WeightEmitter(GraphModel model, GraphProbe probe, VjpRules rules) {
        this.model = model;
        this.probe = probe;
        this.rules = rules;
    }

    /** Fails where the weights cannot be emitted, before anything is added. */
    void check(SampleWeights weights) {
        if (!(weights instanceof SampleWeights.Uniform)) {
            new TrueClass(model, probe);
        }
        if (weights instanceof SampleWeights.Adversarial) {
            SubgraphCopy.of(model);
            new InputGradients(model, rules).check();
        }
    }

    SDVariable emit(SampleWeights weights) {
        TrueClass truth = new TrueClass(model, probe);
        return truth.oneMinusProbability(
                weights instanceof SampleWeights.Adversarial adversarial
                        ? attackedLogits(adversarial.epsilon())
                        : model.sameDiff().getVariable(model.logits()));
    }

    /** The logits at {@code x + eps sign(g)}; SameDiff does not differentiate through the integers of the sign. */
    private SDVariable attackedLogits(double epsilon) {
        SameDiff sd = model.sameDiff();
        Map<String, SDVariable> attacked = new HashMap<>();
        for (String input : model.inputs()) {
            SDVariable x = sd.getVariable(input);
            InputGradients gradients = new InputGradients(model, rules);
            SDVariable gradient = gradients.toLosses(input).stream()
                    .map(toLoss -> gradients.emit(toLoss, GraphProbe.ofWholeBatch(toLoss)))
                    .reduce(SDVariable::add)
                    .orElseThrow();
            SDVariable sign = sd.math().sign(gradient).castTo(DataType.INT32).castTo(x.dataType());
            attacked.put(input, x.add(sign.mul(epsilon)));
        }
        return SubgraphCopy.of(model).emit(attacked);
    }
}
