package org.jacreg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies of the ops between a model's inputs and its output, in the same graph, that compute the output at other inputs.
 *
 * <p>Everything that depends on an input is copied, through integer and boolean variables too; everything else, the weights
 * above all, is shared. No derivative rules are needed: ops of any kind are copied the way SameDiff copies them when it builds
 * a gradient graph. Some ops lose settings on that way (docs/nd4j-bugs.md); {@link #verify} compares.
 */
public final class SubgraphCopy {

    private static final String CHECK_SCOPE = "copy_check";

    private final GraphModel model;
    private final List<GraphOp> ops;

    private SubgraphCopy(GraphModel model, List<GraphOp> ops) {
        this.model = model;
        this.ops = ops;
    }

    /**
     * Finds the ops between inputs and output.
     *
     * @param model the graph; not modified
     * @return what can be copied; nothing is added yet
     * @throws IllegalArgumentException listing all ops that cannot be copied: control flow and tensor arrays, which have state;
     *     random ops, of which each copy would draw its own numbers; ops with control dependencies, and ops that refer to a
     *     variable by other ways than their inputs
     */
    public static SubgraphCopy of(GraphModel model) {
        List<GraphOp> ops = between(model);
        Set<String> copied = new LinkedHashSet<>(model.inputs());
        ops.forEach(op -> copied.addAll(op.outputs()));
        List<String> refusals = ops.stream()
                .flatMap(op -> CopyObstacle.of(model.sameDiff(), op, copied).stream()
                        .map(why -> "  - op '" + op.opName() + "' computing " + op.outputs() + ": " + why))
                .toList();
        if (!refusals.isEmpty()) {
            throw new IllegalArgumentException("the graph between " + model.inputs() + " and '" + model.logits()
                    + "' cannot be evaluated at other points within the graph, because of " + refusals.size()
                    + " op(s):\n"
                    + String.join("\n", refusals));
        }
        return new SubgraphCopy(model, ops);
    }

    /** All ops that a change of an input can reach, and that the output is computed from, in topological order. */
    private static List<GraphOp> between(GraphModel model) {
        GraphStructure structure = new GraphStructure(model.sameDiff());
        Set<String> needed = structure.ancestors(List.of(model.logits()));
        Set<String> reached = new LinkedHashSet<>(model.inputs());
        List<GraphOp> result = new ArrayList<>();
        for (GraphOp op : structure.sorted()) {
            boolean producesInput = model.inputs().stream().anyMatch(op.outputs()::contains);
            boolean depends = op.inputs().stream().anyMatch(reached::contains);
            if (depends && !producesInput && op.outputs().stream().anyMatch(needed::contains)) {
                reached.addAll(op.outputs());
                result.add(op);
            }
        }
        return List.copyOf(result);
    }

    /**
     * The ops that are copied.
     *
     * @return in topological order
     */
    public List<GraphOp> ops() {
        return ops;
    }

    /**
     * Adds a copy, under the current name scope.
     *
     * @param replacements for every input of the model a variable of its type and shape that takes its place; not modified
     * @return the copy of the model's output; the graph gains one op for each of {@link #ops()}
     * @throws IllegalArgumentException if a replacement is missing or of another type, or ND4J fails to copy an op
     */
    public SDVariable emit(Map<String, SDVariable> replacements) {
        Map<String, String> names = new HashMap<>();
        for (String input : model.inputs()) {
            SDVariable replacement = replacements.get(input);
            if (replacement == null || replacement.dataType() != typeOf(input)) {
                throw new IllegalArgumentException("input '" + input + "' of type " + typeOf(input)
                        + " needs a replacement of the same type, but has "
                        + (replacement == null ? "none" : replacement.name() + " of type " + replacement.dataType()));
            }
            names.put(input, replacement.name());
        }
        return model.sameDiff().getVariable(emitNamed(names).get(model.logits()));
    }

    /** Adds a copy and says for each original variable which one is its copy. */
    private Map<String, String> emitNamed(Map<String, String> replaced) {
        Map<String, String> names = new HashMap<>(replaced);
        for (GraphOp op : ops) {
            String[] inputs = op.inputs().stream()
                    .map(input -> names.getOrDefault(input, input))
                    .toArray(String[]::new);
            List<String> outputs = OpCopy.emit(model.sameDiff(), op, inputs);
            for (int i = 0; i < outputs.size(); i++) {
                names.put(op.outputs().get(i), outputs.get(i));
            }
        }
        return names;
    }

    private DataType typeOf(String variable) {
        return model.sameDiff().getVariable(variable).dataType();
    }

    /**
     * Evaluates a copy at the model's own inputs, on the probe's batch, and requires that every variable comes out as in the
     * original.
     *
     * @param probe the probe of the model; not modified
     * @throws IllegalArgumentException naming the first op whose copy computes something else; the graph is as before in any
     *     case
     */
    public void verify(GraphProbe probe) {
        SameDiff sd = model.sameDiff();
        String scope = CHECK_SCOPE;
        while (GraphDecoration.isUsed(sd, scope)) {
            scope += "_";
        }
        GraphDecoration.temporarilyUnder(sd, scope, () -> {
            Map<String, String> names = new LinkedHashMap<>();
            model.inputs()
                    .forEach(input ->
                            names.put(input, sd.identity(sd.getVariable(input)).name()));
            compare(probe, emitNamed(names));
        });
    }

    private void compare(GraphProbe probe, Map<String, String> names) {
        List<String> wanted = ops.stream()
                .flatMap(op -> op.outputs().stream())
                .flatMap(output -> Stream.of(output, Objects.requireNonNull(names.get(output))))
                .toList();
        Map<String, INDArray> values = model.sameDiff().output(probe.sampleBatch(), wanted);
        for (GraphOp op : ops) {
            for (String output : op.outputs()) {
                if (!CopyObstacle.same(
                        Objects.requireNonNull(values.get(output)),
                        Objects.requireNonNull(values.get(names.get(output))))) {
                    throw new IllegalArgumentException("a copy of op '" + op.opName() + "' (inputs " + op.inputs()
                            + ") computes another '" + output + "' than the original: ND4J loses settings of the op"
                            + " when it copies it, so the graph cannot be evaluated at a second point (nor be saved and"
                            + " loaded). Properties: "
                            + Arrays.toString(op.function()
                                    .propertiesForFunction()
                                    .entrySet()
                                    .toArray()));
                }
            }
        }
    }
}
