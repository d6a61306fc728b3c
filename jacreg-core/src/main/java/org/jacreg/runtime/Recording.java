package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the ops of a graph once, one by one, and writes down what ran on what: shapes are measured, not inferred.
 *
 * <p>Folded on the way: what depends on shapes alone (given the shapes of the placeholders) and what is computed from small
 * constants of the graph. Since a constant's array can be assigned to, those folded constants are {@linkplain #watched}.
 */
final class Recording {

    /** Ops whose values are known from the shape of their input. */
    private static final Set<String> SHAPE_ONLY =
            Set.of("shape_of", "shapes_of", "size", "size_at", "rank", "zeroslike", "zeros_as", "oneslike", "ones_as");

    /** Entries up to which a constant of the graph is watched at every run, so that it can be folded. */
    private static final long WATCHED_LENGTH = 4096;

    /** Entries up to which a folded value is kept. */
    private static final long FOLDED_LENGTH = 1L << 22;

    private final GraphImport graph;
    private final Map<String, INDArray> placeholders;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<Value, INDArray> arrays = new HashMap<>();
    private final Set<Value> foldable = new LinkedHashSet<>();
    private final Map<String, INDArray> watched = new LinkedHashMap<>();
    private final Map<String, Value> given = new LinkedHashMap<>();
    private final List<Instruction> instructions = new ArrayList<>();

    private Recording(GraphImport graph, Map<String, INDArray> placeholders) {
        this.graph = graph;
        this.placeholders = placeholders;
    }

    /**
     * Runs and records.
     *
     * @param placeholders a value for every placeholder, of the placeholder's type; not modified
     */
    static Recording of(GraphImport graph, Map<String, INDArray> placeholders) {
        Recording recording = new Recording(graph, placeholders);
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            recording.run();
        }
        return recording;
    }

    private void run() {
        Map<String, Integer> lastUse = new HashMap<>();
        List<SameDiffOp> ops = graph.ops();
        for (int i = 0; i < ops.size(); i++) {
            for (String name : GraphImport.names(ops.get(i).getInputsToOp())) {
                lastUse.put(name, i);
            }
        }
        for (int i = 0; i < ops.size(); i++) {
            record(ops.get(i));
            for (String name : new LinkedHashSet<>(GraphImport.names(ops.get(i).getInputsToOp()))) {
                if (Objects.equals(lastUse.get(name), i) && !graph.isKept(name) && !graph.isPlaceholder(name)) {
                    arrays.remove(value(name));
                }
            }
        }
    }

    private void record(SameDiffOp sameDiffOp) {
        DifferentialFunction op = sameDiffOp.getOp();
        List<Value> inputs = new ArrayList<>();
        for (String name : GraphImport.names(sameDiffOp.getInputsToOp())) {
            inputs.add(value(name));
        }
        List<String> names = GraphImport.names(sameDiffOp.getOutputsOfOp());
        List<INDArray> inputArrays = inputs.stream().map(arrays::get).toList();
        if (GraphImport.isIdentity(op)) {
            Value output = computed(names.get(0), inputArrays.get(0), isFoldable(op, inputs));
            if (output.isConstant()) {
                watch(inputs.get(0));
            } else {
                instructions.add(new View(inputs.get(0), output));
            }
            return;
        }
        List<INDArray> results = execute(op, inputArrays, names);
        boolean fold = isFoldable(op, inputs) && results.stream().allMatch(array -> array.length() <= FOLDED_LENGTH);
        List<Value> outputs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            outputs.add(computed(
                    names.get(i), results.get(i), fold || results.get(i).isEmpty()));
        }
        if (!fold) {
            instructions.add(new ForeignOp(op, inputs, outputs));
        } else if (!SHAPE_ONLY.contains(op.opName())) {
            inputs.forEach(this::watch);
        }
    }

    private List<INDArray> execute(DifferentialFunction op, List<INDArray> inputs, List<String> names) {
        try (ForeignCall call = new ForeignCall(op, inputs)) {
            List<INDArray> results = new ArrayList<>();
            for (LongShapeDescriptor shape :
                    call.outputShapes(names.stream().map(graph::type).toList())) {
                results.add(shape.isEmpty() ? Nd4j.empty(shape.dataType()) : Nd4j.create(shape));
            }
            call.writeTo(results);
            call.run();
            return results;
        }
    }

    private boolean isFoldable(DifferentialFunction op, List<Value> inputs) {
        if (SHAPE_ONLY.contains(op.opName())) {
            return true;
        }
        boolean random = op instanceof RandomOp
                || op.getClass().getName().contains(".random.")
                || op.opName().contains("dropout");
        return !random && !inputs.isEmpty() && foldable.containsAll(inputs);
    }

    private void watch(Value value) {
        if (value.kind() == Value.Kind.VARIABLE) {
            watched.put(value.name(), graph.kept(value.name()).dup('c'));
        }
    }

    private Value computed(String name, INDArray array, boolean constant) {
        Value value = constant ? Value.constant(name, array) : Value.computed(name, array.dataType(), array.shape());
        values.put(name, value);
        arrays.put(value, array);
        if (constant) {
            foldable.add(value);
        }
        return value;
    }

    private Value value(String name) {
        Value known = values.get(name);
        if (known != null) {
            return known;
        }
        boolean kept = graph.isKept(name);
        INDArray array = kept ? graph.kept(name) : placeholders.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "no value for placeholder '" + name + "'; given: " + placeholders.keySet());
        }
        Value value = Value.given(name, kept ? Value.Kind.VARIABLE : Value.Kind.PLACEHOLDER, array);
        values.put(name, value);
        arrays.put(value, array);
        given.put(name, value);
        if (kept && graph.variable(name).isConstant() && array.length() <= WATCHED_LENGTH) {
            foldable.add(value);
        }
        return value;
    }

    /** What ran, op by op. */
    Program program() {
        Map<String, Value> outputs = new LinkedHashMap<>();
        graph.outputs().forEach((name, variable) -> outputs.put(name, value(variable)));
        Map<String, Value> gradients = new LinkedHashMap<>();
        graph.gradients().forEach((name, variable) -> gradients.put(name, value(variable)));
        return new Program(instructions, outputs, gradients).withoutDeadCode();
    }

    /** The graph's own constants that went into folded values, with copies of what they held. */
    Map<String, INDArray> watched() {
        return watched;
    }

    /** The placeholders, weights and constants that were met. */
    Map<String, Value> given() {
        return given;
    }
}
