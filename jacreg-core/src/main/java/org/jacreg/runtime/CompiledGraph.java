package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.QuietGradients;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A SameDiff graph with its required outputs and gradients, compiled into a static schedule.
 *
 * <pre>{@code
 * try (CompiledGraph step = CompiledGraph.of(sd).outputs("loss").gradients("w0", "b0").build()) {
 *     CompiledValues values = step.run(Map.of("x", x, "y", y));
 *     INDArray dw = values.gradient("w0");           // overwritten by the next run
 * }
 * }</pre>
 *
 * <p>Weights are read from the graph at every run. One thread at a time may run an instance.
 */
public final class CompiledGraph implements AutoCloseable {

    private final SameDiff sd;
    private final List<String> outputs;
    private final List<String> gradients;

    CompiledGraph(SameDiff sd, List<String> outputs, List<String> gradients) {
        this.sd = sd;
        this.outputs = outputs;
        this.gradients = gradients;
        if (!gradients.isEmpty()) {
            QuietGradients.create(sd, gradients.toArray(String[]::new));
        }
    }

    /**
     * Starts to say what is wanted of a graph.
     *
     * @param sd the graph; its structure is not modified
     * @return a builder that wants nothing yet
     */
    public static CompiledGraphBuilder of(SameDiff sd) {
        return new CompiledGraphBuilder(sd);
    }

    /**
     * Computes the outputs and gradients.
     *
     * @param placeholders a value for every placeholder they depend on; not modified
     * @return the values, valid until the next run
     */
    public CompiledValues run(Map<String, INDArray> placeholders) {
        if (gradients.isEmpty()) {
            return new CompiledValues(sd.output(placeholders, outputs), Map.of());
        }
        OutAndGrad result = sd.calculateGradientsAndOutputs(placeholders, new ArrayList<>(outputs), gradients);
        return new CompiledValues(result.getOutputs(), result.getGradients());
    }

    @Override
    public void close() {
        // The interim runtime holds nothing of its own.
    }
}
