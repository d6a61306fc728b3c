package org.jacreg.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * A snapshot of who produces and who consumes what in a SameDiff graph. Later changes of the graph are not seen.
 *
 * <p>Control dependencies are not followed: no differentiable path runs through them.
 */
final class GraphStructure {

    private final SameDiff sd;
    private final Map<String, GraphOp> producers = new HashMap<>();
    private final List<GraphOp> sorted = new ArrayList<>();

    GraphStructure(SameDiff sd) {
        this.sd = sd;
        Map<String, GraphOp> ops = new LinkedHashMap<>();
        for (SameDiffOp op : sd.getOps().values()) {
            GraphOp node =
                    new GraphOp(op.getName(), op.getOp(), orEmpty(op.getInputsToOp()), orEmpty(op.getOutputsOfOp()));
            ops.put(node.name(), node);
            node.outputs().forEach(output -> producers.put(output, node));
        }
        Set<String> done = new HashSet<>();
        for (GraphOp op : ops.values()) {
            sortInto(op, done);
        }
    }

    private static List<String> orEmpty(@org.jspecify.annotations.Nullable List<String> list) {
        return list == null ? List.of() : list;
    }

    /** Depth-first postorder without recursion: imported graphs are deeper than a thread's stack. */
    private void sortInto(GraphOp root, Set<String> done) {
        Deque<GraphOp> stack = new ArrayDeque<>();
        Set<String> open = new HashSet<>();
        stack.push(root);
        while (!stack.isEmpty()) {
            GraphOp top = stack.peek();
            if (done.contains(top.name())) {
                stack.pop();
            } else if (open.add(top.name())) {
                for (String input : top.inputs()) {
                    GraphOp producer = producers.get(input);
                    if (producer != null && !done.contains(producer.name())) {
                        if (open.contains(producer.name())) {
                            throw new IllegalArgumentException("the graph has a cycle through op '" + producer.name()
                                    + "' (" + producer.opName() + "); loops are not supported, unroll them");
                        }
                        stack.push(producer);
                    }
                }
            } else {
                stack.pop();
                done.add(top.name());
                sorted.add(top);
            }
        }
    }

    /** All ops, every op after the producers of its inputs. */
    List<GraphOp> sorted() {
        return sorted;
    }

    Optional<GraphOp> producer(String variable) {
        return Optional.ofNullable(producers.get(variable));
    }

    /** The variables that the given ones are computed from, themselves included. */
    Set<String> ancestors(Collection<String> variables) {
        Set<String> seen = new LinkedHashSet<>(variables);
        Deque<String> todo = new ArrayDeque<>(variables);
        while (!todo.isEmpty()) {
            GraphOp producer = producers.get(todo.pop());
            if (producer != null) {
                for (String input : producer.inputs()) {
                    if (seen.add(input)) {
                        todo.push(input);
                    }
                }
            }
        }
        return seen;
    }

    /** The floating-point variables that given ones influence through floating-point variables, themselves included. */
    Set<String> differentiableDescendants(Collection<String> variables) {
        Set<String> reached = new HashSet<>(variables);
        for (GraphOp op : sorted) {
            if (op.inputs().stream().anyMatch(reached::contains)) {
                op.outputs().stream()
                        .filter(output -> sd.getVariable(output).dataType().isFPType())
                        .forEach(reached::add);
            }
        }
        return reached;
    }

    /** The ops that lie on a differentiable path from some variables to another, in topological order. */
    List<GraphOp> path(Collection<String> from, String to) {
        Set<String> down = differentiableDescendants(from);
        Set<String> up = ancestors(List.of(to));
        return sorted.stream()
                .filter(op -> op.inputs().stream().anyMatch(down::contains))
                .filter(op -> op.outputs().stream().anyMatch(output -> down.contains(output) && up.contains(output)))
                .toList();
    }

    /** Floating-point results of ops that no op consumes. */
    List<String> leaves() {
        Set<String> consumed = new HashSet<>();
        sorted.forEach(op -> consumed.addAll(op.inputs()));
        return sorted.stream()
                .flatMap(op -> op.outputs().stream())
                .filter(output -> !consumed.contains(output))
                .filter(output -> sd.getVariable(output).dataType().isFPType())
                .toList();
    }

    List<String> placeholders(Set<String> among) {
        return sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.PLACEHOLDER)
                .map(SDVariable::name)
                .filter(among::contains)
                .toList();
    }
}
