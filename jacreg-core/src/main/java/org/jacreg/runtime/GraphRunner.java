package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a graph as a {@link CompiledGraph} where it can be compiled, and through SameDiff's session where it cannot: the first
 * {@link UncompilableGraphException} settles that for good.
 *
 * <p>One thread at a time may run an instance.
 */
public final class GraphRunner implements AutoCloseable {

    private final SameDiff sd;
    private final List<String> outputs;
    private final List<String> gradients;
    private @Nullable CompiledGraph compiled;

    private final @Nullable String late;

    private GraphRunner(SameDiff sd, List<String> outputs, List<String> gradients, @Nullable String late) {
        this.sd = sd;
        this.late = late;
        this.outputs = List.copyOf(outputs);
        this.gradients = List.copyOf(gradients);
        try {
            CompiledGraphBuilder builder = CompiledGraph.of(sd)
                    .outputs(outputs.toArray(String[]::new))
                    .gradients(gradients.toArray(String[]::new));
            this.compiled = (late == null ? builder : builder.late(late)).build();
        } catch (UncompilableGraphException e) {
            this.compiled = null;
        }
    }

    /**
     * Makes a runner for some values.
     *
     * @param sd the graph; gains SameDiff's gradient function if there are gradients
     * @param outputs variables whose values are wanted
     * @param gradients weights or placeholders by which the gradient of the summed losses is wanted; may be empty
     * @return a runner that reads the graph's weights at every run
     * @throws IllegalArgumentException if nothing is wanted, a name is no variable of the graph, or it has no loss
     */
    public static GraphRunner of(SameDiff sd, List<String> outputs, List<String> gradients) {
        return new GraphRunner(sd, outputs, gradients, null);
    }

    /**
     * Makes a runner for values of which some depend on a placeholder that is chosen in view of the first output.
     *
     * @param sd the graph; gains SameDiff's gradient function
     * @param outputs variables whose values are wanted; the first one must not depend on the late placeholder
     * @param gradients weights or placeholders by which the gradient of the summed losses is wanted
     * @param late the placeholder for {@link #run(Map, UnaryOperator)}
     * @return a runner that reads the graph's weights at every run
     * @throws IllegalArgumentException if nothing is wanted, a name is no variable of the graph, or it has no loss
     */
    public static GraphRunner late(SameDiff sd, List<String> outputs, List<String> gradients, String late) {
        return new GraphRunner(sd, outputs, gradients, late);
    }

    /**
     * Whether the graph is compiled, as far as is known: shapes that depend on values show at the first run.
     *
     * @return false where SameDiff's session runs it
     */
    public boolean isCompiled() {
        return compiled != null;
    }

    /**
     * Computes outputs and gradients.
     *
     * @param placeholders a value for every placeholder they depend on, of its type; not modified
     * @return the outputs and then the gradients, in the order in which they were named. Compiled, they belong to this runner,
     *     which overwrites them at its next run, and must not be closed; from a session they belong to the caller
     */
    public List<INDArray> run(Map<String, INDArray> placeholders) {
        CompiledGraph graph = compiled;
        if (graph != null) {
            try {
                return results(graph.run(placeholders));
            } catch (UncompilableGraphException e) {
                close();
            }
        }
        return throughSession(placeholders);
    }

    /**
     * Computes the first output, asks for the late placeholder's value in view of it, and computes the rest.
     *
     * @param placeholders a value for every placeholder, of its type; that of the late one only says its shape; not modified
     * @param answer called with the first output, which it must neither modify nor keep
     * @return as {@link #run(Map)}
     */
    public List<INDArray> run(Map<String, INDArray> placeholders, UnaryOperator<INDArray> answer) {
        String asked = Objects.requireNonNull(late, "no placeholder is late");
        CompiledGraph graph = compiled;
        if (graph != null) {
            try {
                return results(graph.run(placeholders, values -> answer.apply(values.output(outputs.get(0)))));
            } catch (UncompilableGraphException e) {
                close();
            }
        }
        Map<String, INDArray> completed = new HashMap<>(placeholders);
        completed.put(asked, answer.apply(sd.outputSingle(placeholders, outputs.get(0))));
        return throughSession(completed);
    }

    private List<INDArray> results(CompiledValues values) {
        List<INDArray> results = new ArrayList<>();
        outputs.forEach(name -> results.add(values.output(name)));
        gradients.forEach(name -> results.add(values.gradient(name)));
        return results;
    }

    private List<INDArray> throughSession(Map<String, INDArray> placeholders) {
        List<INDArray> results = new ArrayList<>();
        if (gradients.isEmpty()) {
            Map<String, INDArray> values = sd.output(placeholders, outputs);
            outputs.forEach(name -> results.add(Objects.requireNonNull(values.get(name), name)));
            return results;
        }
        OutAndGrad values = sd.calculateGradientsAndOutputs(placeholders, new ArrayList<>(outputs), gradients);
        outputs.forEach(
                name -> results.add(Objects.requireNonNull(values.getOutputs().get(name), name)));
        gradients.forEach(
                name -> results.add(Objects.requireNonNull(values.getGradients().get(name), name)));
        return results;
    }

    /** Releases what was compiled; later runs go through a session. */
    @Override
    public void close() {
        if (compiled != null) {
            compiled.close();
            compiled = null;
        }
    }
}
