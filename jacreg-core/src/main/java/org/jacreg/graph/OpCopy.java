package org.jacreg.graph;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;

/** One op of a graph once more, on other inputs. Settings are copied as SameDiff copies them; {@link SubgraphCopy#verify} compares. */
public final class OpCopy {

    private OpCopy() {}

    /**
     * Adds a copy of an op of one output, under the current name scope.
     *
     * @param sd the graph; gains an op
     * @param op an op of it; not modified
     * @param inputs what takes the place of its inputs; as many, unless the op can do with fewer
     * @return the copy's output
     * @throws IllegalArgumentException if ND4J fails to copy the op, or it has several outputs
     */
    public static SDVariable emit(SameDiff sd, GraphOp op, List<SDVariable> inputs) {
        if (op.outputs().size() != 1) {
            throw new IllegalArgumentException(
                    "op '" + op.opName() + "' computes " + op.outputs() + "; wanted one output");
        }
        String[] names = inputs.stream().map(SDVariable::name).toArray(String[]::new);
        return sd.getVariable(emit(sd, op, names).get(0));
    }

    /** Adds a copy and gives the names of its outputs. */
    static List<String> emit(SameDiff sd, GraphOp op, String[] inputs) {
        DifferentialFunction clone;
        try {
            clone = FlatBuffersMapper.cloneViaSerialize(sd, op.function());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "ND4J fails to copy op '" + op.opName() + "' computing " + op.outputs() + " (" + e.getMessage()
                            + "), so the graph can be neither saved nor trained, nor evaluated at a second point",
                    e);
        }
        String name = sd.getOpName(op.opName());
        clone.setOwnName(name);
        clone.setSameDiff(sd);
        sd.putOpForId(name, clone);
        sd.addArgsFor(inputs, clone);
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < op.outputs().size(); i++) {
            String output = i == 0 ? name : name + ":" + i;
            SDVariable variable = sd.var(
                    output,
                    VariableType.ARRAY,
                    null,
                    sd.getVariable(op.outputs().get(i)).dataType(),
                    (long[]) null);
            variable.setCreator(clone);
            outputs.add(variable.name());
        }
        sd.addOutgoingFor(outputs.toArray(new String[0]), clone);
        clone.configureWithSameDiff(sd);
        return outputs;
    }
}
