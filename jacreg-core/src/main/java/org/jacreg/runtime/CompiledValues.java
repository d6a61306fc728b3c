package org.jacreg.runtime;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one run computed. The arrays belong to the graph that made them: the next run overwrites them, so {@code dup()} what is
 * to be kept.
 */
public final class CompiledValues {

    private final Map<String, INDArray> outputs;
    private final Map<String, INDArray> gradients;

    CompiledValues(Map<String, INDArray> outputs, Map<String, INDArray> gradients) {
        this.outputs = outputs;
        this.gradients = gradients;
    }

    /**
     * A value.
     *
     * @param name one of the {@link CompiledGraphBuilder#outputs}
     * @return overwritten by the graph's next run; not to be written
     * @throws IllegalArgumentException if the output was not asked for
     */
    public INDArray output(String name) {
        return get(outputs, "output", name);
    }

    /**
     * A gradient of the summed losses.
     *
     * @param name one of the {@link CompiledGraphBuilder#gradients}
     * @return of the variable's shape, overwritten by the graph's next run; an updater may work in it
     * @throws IllegalArgumentException if the gradient was not asked for
     */
    public INDArray gradient(String name) {
        return get(gradients, "gradient", name);
    }

    private static INDArray get(Map<String, INDArray> values, String kind, String name) {
        INDArray value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no " + kind + " '" + name + "' was asked for; there are " + values.keySet());
        }
        return value;
    }
}
