package org.jacreg.graph;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;

/**
 * One node of a SameDiff graph.
 *
 * @param name the node's own name, unique in its graph
 * @param function the op; belongs to the graph, not to be modified
 * @param inputs names of its input variables, in order
 * @param outputs names of its output variables, in order
 */
public record GraphOp(String name, DifferentialFunction function, List<String> inputs, List<String> outputs) {

    /**
     * Copies the lists.
     *
     * @param name the node's own name
     * @param function the op
     * @param inputs names of its input variables
     * @param outputs names of its output variables
     */
    public GraphOp {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * The op's kind, as ND4J names it.
     *
     * @return for example {@code "matmul"}
     */
    public String opName() {
        return function.opName();
    }
}
