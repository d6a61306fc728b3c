package org.jacreg.regularizer;

import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.Ones;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Gradients of the user's losses by the inputs, over the whole batch.
 *
 * @param model the graph
 * @param rules the derivative rules
 */
record InputGradients(GraphModel model, VjpRules rules) {

    /** Fails where an op between an input and a loss has no rule, before anything is added. */
    void check() {
        for (String input : model.inputs()) {
            toLosses(input).forEach(toLoss -> ReverseWalk.check(toLoss, rules));
        }
    }

    /** The parts of the graph from an input to each of the losses that depend on it, at least one. */
    List<GraphModel> toLosses(String input) {
        List<GraphModel> parts = model.lossVariables().stream()
                .filter(loss -> GraphModel.depends(model.sameDiff(), loss, input))
                .map(loss -> GraphModel.between(model.sameDiff(), List.of(input), loss))
                .toList();
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("none of the losses " + model.lossVariables() + " depends on the input '"
                    + input + "', so its gradient is zero");
        }
        return parts;
    }

    /** Emits the gradient of one loss. */
    SDVariable emit(GraphModel toLoss, GraphProbe probe) {
        SDVariable loss = toLoss.sameDiff().getVariable(toLoss.logits());
        return ReverseWalk.of(toLoss, probe, rules)
                .emit(Ones.like(loss), 1, Map.of())
                .get(0);
    }
}
