package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.network.OpLayers;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * What a reader of one op works on.
 *
 * @param op the op
 * @param model the graph
 * @param probe the graph's shapes
 * @param layers reads ops of one sample-dependent input
 * @param nodes the nodes of the variables read so far
 * @param builder where nodes are put
 * @param soleReader whether nothing but this op reads its sample-dependent input
 */
record OpContext(
        GraphOp op,
        GraphModel model,
        GraphProbe probe,
        OpLayers layers,
        Map<String, Integer> nodes,
        BoundGraphBuilder builder,
        boolean soleReader) {

    String name() {
        return op.outputs().get(0);
    }

    List<String> dataInputs() {
        return layers.dataInputs(op);
    }

    int node(String variable) {
        Integer node = nodes.get(variable);
        if (node == null) {
            throw new Obstacle("its input '" + variable + "' could not be read");
        }
        return node;
    }

    /** The shape of one sample, without the batch axis, which has to be the first. */
    int[] sampleShape(String variable) {
        int axis = probe.spec(variable).batchAxis();
        if (axis > 0 || (axis < 0 && probe.fixedBatch() < 0)) {
            throw new Obstacle(
                    "'" + variable + "' of shape " + probe.spec(variable).dims()
                            + " (-1 stands for the batch) does not have the batch as its first axis");
        }
        return Arrays.stream(probe.sampleShape(variable))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    long[] integers() {
        return custom().iArgs();
    }

    double[] numbers() {
        return custom().tArgs();
    }

    boolean[] flags() {
        return custom().bArgs();
    }

    private DynamicCustomOp custom() {
        if (op.function() instanceof DynamicCustomOp custom) {
            return custom;
        }
        throw new Obstacle(
                "it is of an unknown form, " + op.function().getClass().getSimpleName());
    }

    /** The values of an input that has to be a constant. */
    long[] constant(int input) {
        SDVariable variable = model.sameDiff().getVariable(op.inputs().get(input));
        if (variable.getVariableType() != VariableType.CONSTANT) {
            throw new Obstacle("its argument '" + variable.name() + "' is no constant");
        }
        return variable.getArr().dup('c').data().asLong();
    }
}
