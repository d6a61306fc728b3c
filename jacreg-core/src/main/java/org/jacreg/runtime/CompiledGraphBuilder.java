package org.jacreg.runtime;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Says what a {@link CompiledGraph} computes. */
public final class CompiledGraphBuilder {

    private final SameDiff sd;
    private final Set<String> outputs = new LinkedHashSet<>();
    private final Set<String> gradients = new LinkedHashSet<>();
    private @Nullable String late;

    CompiledGraphBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * Adds variables whose values are wanted.
     *
     * @param names variables of the graph, computed or not
     * @return this builder
     */
    public CompiledGraphBuilder outputs(String... names) {
        outputs.addAll(List.of(names));
        return this;
    }

    /**
     * Adds variables by which the gradient of the summed losses is wanted.
     *
     * @param names weights or floating-point placeholders
     * @return this builder
     */
    public CompiledGraphBuilder gradients(String... names) {
        gradients.addAll(List.of(names));
        return this;
    }

    /**
     * Names a placeholder whose value may be chosen in view of the outputs that do not depend on it: what depends on it is computed
     * last, and {@link CompiledGraph#run(Map, Function)} asks for it in between.
     *
     * @param placeholder a placeholder of the graph
     * @return this builder
     */
    public CompiledGraphBuilder late(String placeholder) {
        late = placeholder;
        return this;
    }

    /**
     * Checks the names.
     *
     * @return a graph that compiles itself for the shapes of each {@link CompiledGraph#run} that it has not met
     * @throws IllegalArgumentException if nothing is wanted, a name is no variable of the graph, or a gradient is wanted and the
     *     graph has no loss
     */
    public CompiledGraph build() {
        return build(Machine.standard());
    }

    CompiledGraph build(Machine machine) {
        if (outputs.isEmpty() && gradients.isEmpty()) {
            throw new IllegalArgumentException("nothing to compute: name outputs(...) or gradients(...)");
        }
        for (Set<String> names : List.of(outputs, gradients)) {
            for (String name : names) {
                if (!sd.hasVariable(name)) {
                    throw new IllegalArgumentException("the graph has no variable '" + name + "'");
                }
            }
        }
        if (late != null && !sd.inputs().contains(late)) {
            throw new IllegalArgumentException(
                    "the graph has no placeholder '" + late + "' to be late; there are " + sd.inputs());
        }
        if (!gradients.isEmpty() && sd.getLossVariables().isEmpty()) {
            throw new IllegalArgumentException("gradients of what? Set the loss: sd.setLossVariables(\"loss\")");
        }
        return new CompiledGraph(sd, List.copyOf(outputs), List.copyOf(gradients), late, machine);
    }
}
