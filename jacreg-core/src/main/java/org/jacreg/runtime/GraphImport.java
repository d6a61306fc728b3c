package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/**
 * The ops of a SameDiff graph that some outputs and gradients need, sorted, with all that a {@link Recording} has to know.
 *
 * <p>A snapshot: what is added to the graph later is not seen.
 */
final class GraphImport {

    /** Ops that steer, keep lists, write into their inputs or call other graphs. */
    private static final List<String> DYNAMIC = List.of(
            "switch",
            "merge",
            "enter",
            "exit",
            "next_iteration",
            "loop_cond",
            "while",
            "if",
            "invoke",
            "assign",
            "create_view");

    /** Ops that choose among their entries: how many are left depends on values. */
    private static final List<String> CHOOSING = List.of(
            "where_np", "unique", "unique_with_counts", "choose", "listdiff", "boolean_mask", "non_max_suppression");

    private final SameDiff graph;
    private final List<SameDiffOp> ops = new ArrayList<>();
    private final Map<String, String> outputs = new LinkedHashMap<>();
    private final Map<String, String> gradients = new LinkedHashMap<>();

    private GraphImport(SameDiff graph) {
        this.graph = graph;
    }

    /** Reads the forward graph, or its gradient function if gradients are wanted (it must have been built). */
    static GraphImport of(SameDiff sd, List<String> outputs, List<String> gradients) {
        SameDiff graph = gradients.isEmpty() ? sd : sd.getFunction("grad");
        if (graph == null) {
            throw new IllegalStateException("the gradient function has not been built");
        }
        GraphImport found = new GraphImport(graph);
        outputs.forEach(name -> found.outputs.put(name, name));
        for (String name : gradients) {
            SDVariable gradient = sd.grad(name);
            if (gradient == null) {
                throw new IllegalArgumentException("SameDiff gives no gradient by '" + name + "': the losses "
                        + sd.getLossVariables() + " do not depend on it, or it is not floating point");
            }
            found.gradients.put(name, gradient.name());
        }
        found.sort();
        found.requireStatic();
        return found;
    }

    private void sort() {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp op : graph.getOps().values()) {
            names(op.getOutputsOfOp()).forEach(output -> producers.put(output, op));
        }
        Map<String, Boolean> placed = new HashMap<>();
        List<String> wanted = new ArrayList<>(outputs.values());
        wanted.addAll(gradients.values());
        for (String name : wanted) {
            place(producers.get(name), producers, placed);
        }
    }

    private void place(@Nullable SameDiffOp last, Map<String, SameDiffOp> producers, Map<String, Boolean> placed) {
        List<SameDiffOp> stack = new ArrayList<>();
        if (last != null) {
            stack.add(last);
        }
        while (!stack.isEmpty()) {
            SameDiffOp op = stack.get(stack.size() - 1);
            Boolean done = placed.putIfAbsent(op.getName(), false);
            if (done == null) {
                List<String> read = new ArrayList<>(names(op.getInputsToOp()));
                read.addAll(names(op.getControlDeps()));
                for (int i = read.size() - 1; i >= 0; i--) {
                    SameDiffOp producer = producers.get(read.get(i));
                    if (producer != null && !Boolean.TRUE.equals(placed.get(producer.getName()))) {
                        requireNoCycle(producer, placed);
                        stack.add(producer);
                    }
                }
            } else {
                stack.remove(stack.size() - 1);
                if (!done) {
                    placed.put(op.getName(), true);
                    ops.add(op);
                }
            }
        }
    }

    private static void requireNoCycle(SameDiffOp producer, Map<String, Boolean> placed) {
        if (placed.containsKey(producer.getName())) {
            throw new UncompilableGraphException(
                    "the graph has a loop through op '" + producer.getName() + "'; SameDiff's own session runs loops");
        }
    }

    private void requireStatic() {
        TreeSet<String> refused = new TreeSet<>();
        for (SameDiffOp op : ops) {
            DifferentialFunction function = op.getOp();
            String name = function.opName();
            boolean list = function instanceof org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
            if (list || isChoosing(op) || DYNAMIC.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                refused.add("'" + op.getName() + "' (" + name + ")");
            }
        }
        if (!refused.isEmpty()) {
            throw new UncompilableGraphException(
                    "no static schedule runs control flow, tensor lists, ops that write into their inputs or results whose "
                            + "shape depends on values: "
                            + String.join(", ", refused) + "; run this graph through SameDiff's own session");
        }
    }

    private static boolean isChoosing(SameDiffOp op) {
        String name = op.getOp().opName().toLowerCase(java.util.Locale.ROOT);
        boolean places = name.equals("where") && names(op.getInputsToOp()).size() == 1;
        return places || CHOOSING.contains(name);
    }

    static List<String> names(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }

    List<SameDiffOp> ops() {
        return Collections.unmodifiableList(ops);
    }

    Map<String, String> outputs() {
        return outputs;
    }

    Map<String, String> gradients() {
        return gradients;
    }

    SDVariable variable(String name) {
        return graph.getVariable(name);
    }

    DataType type(String name) {
        return graph.getVariable(name).dataType();
    }

    boolean isPlaceholder(String name) {
        return graph.getVariable(name).isPlaceHolder();
    }

    boolean isKept(String name) {
        VariableType type = graph.getVariable(name).getVariableType();
        return type == VariableType.VARIABLE || type == VariableType.CONSTANT;
    }

    /** The graph's own array of a weight or constant. */
    INDArray kept(String name) {
        INDArray array = graph.getVariable(name).getArr();
        if (array == null) {
            throw new IllegalStateException("variable '" + name + "' has no value");
        }
        return array;
    }

    /** ND4J has several ops that pass their input through. */
    static boolean isIdentity(DifferentialFunction op) {
        return op instanceof Identity || op.opName().equals("identity");
    }
}
