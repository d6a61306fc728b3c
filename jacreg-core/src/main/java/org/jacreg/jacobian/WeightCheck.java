package org.jacreg.jacobian;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.InputCheck;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * Refuses weights that are not finite. The Jacobian would not always show them: {@code relu(NaN)} has the derivative 0, and what
 * comes out is a number.
 */
final class WeightCheck {

    private final SameDiff sd;
    private final List<String> weights;

    private WeightCheck(SameDiff sd, List<String> weights) {
        this.sd = sd;
        this.weights = weights;
    }

    /** Constants are left out: masks of infinities are among them. */
    static WeightCheck of(GraphModel model) {
        SameDiff sd = model.sameDiff();
        Set<String> used = GraphReach.ancestors(sd, model.logits());
        return new WeightCheck(
                sd,
                sd.variables().stream()
                        .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
                        .filter(variable -> variable.dataType().isFPType())
                        .map(SDVariable::name)
                        .filter(used::contains)
                        .toList());
    }

    void requireFinite() {
        for (String name : weights) {
            InputCheck.finite("weight '" + name + "'", Objects.requireNonNull(sd.getArrForVarName(name), name));
        }
    }
}
