package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.OpCopy;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * An op between input and logits.
 *
 * @param sd the graph
 * @param op the op
 * @param data the variables that depend on the sample
 * @param probe the graph's shapes
 */
record OpSite(SameDiff sd, GraphOp op, Set<String> data, GraphProbe probe) {

    boolean isData(int input) {
        return data.contains(op.inputs().get(input));
    }

    String name(int input) {
        return op.inputs().get(input);
    }

    SDVariable variable(int input) {
        return sd.getVariable(op.inputs().get(input));
    }

    /** The indices of the inputs that depend on the sample. */
    List<Integer> dataInputs() {
        List<Integer> result = new ArrayList<>();
        for (int input = 0; input < op.inputs().size(); input++) {
            if (isData(input)) {
                result.add(input);
            }
        }
        return result;
    }

    /** The op once more, on other inputs. */
    SDVariable copy(List<SDVariable> inputs) {
        return OpCopy.emit(sd, op, inputs);
    }

    /** The op once more, with one input changed. */
    SDVariable copyWith(int input, SDVariable variable) {
        List<SDVariable> inputs = new ArrayList<>();
        for (int i = 0; i < op.inputs().size(); i++) {
            inputs.add(i == input ? variable : variable(i));
        }
        return copy(inputs);
    }

    /** The number that the op holds. */
    double scalar() {
        if (op.function() instanceof ScalarOp scalar) {
            return scalar.scalar() == null ? 0 : scalar.scalar().getDouble(0);
        }
        return Double.NaN;
    }

    /** A number among its settings, or what it is unless set. */
    double setting(int index, double otherwise) {
        boolean set = op.function() instanceof DynamicCustomOp custom && custom.tArgs().length > index;
        return set ? ((DynamicCustomOp) op.function()).tArgs()[index] : otherwise;
    }

    /** Whether a flag among its integers is set. */
    boolean flag(int index) {
        return op.function() instanceof DynamicCustomOp custom
                && custom.iArgs().length > index
                && custom.iArgs()[index] != 0;
    }

    String describe() {
        return "op '" + op.name() + "' (" + op.opName() + ")";
    }
}
