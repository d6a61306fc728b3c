package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Walks a graph backwards from its logits and emits the cotangent of its input.
 *
 * <p>{@link #check} comes first: it refuses a graph that has ops without rules, before a single node is added.
 */
public final class ReverseWalk {

    private final GraphModel model;
    private final GraphProbe probe;
    private final VjpRules rules;

    private ReverseWalk(GraphModel model, GraphProbe probe, VjpRules rules) {
        this.model = model;
        this.probe = probe;
        this.rules = rules;
    }

    /**
     * Checks that every op on the path has a rule, without evaluating anything.
     *
     * @param model the graph; not modified
     * @param rules the registry
     * @throws UnsupportedOpException listing every op without a rule
     */
    public static void check(GraphModel model, VjpRules rules) {
        Set<String> active = activeVariables(model);
        List<UnsupportedOp> missing = new ArrayList<>();
        for (GraphOp op : model.path()) {
            OpRules entry = rules.find(op.opName());
            for (int input = 0; input < op.inputs().size(); input++) {
                if (active.contains(op.inputs().get(input))) {
                    reasonAgainst(entry, input, op).ifPresent(missing::add);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new UnsupportedOpException(missing);
        }
    }

    private static java.util.Optional<UnsupportedOp> reasonAgainst(
            @org.jspecify.annotations.Nullable OpRules entry, int input, GraphOp op) {
        String reason = null;
        if (entry == null) {
            reason = "no rule is registered";
        } else if (entry.kind() == OpKind.UNSUPPORTED) {
            reason = entry.reason();
        } else if (entry.kind() != OpKind.ZERO && entry.rule(input) == null) {
            reason = "the op has rules, but none for this input";
        }
        return reason == null
                ? java.util.Optional.empty()
                : java.util.Optional.of(new UnsupportedOp(
                        op.opName(), op.outputs().get(0), input, op.inputs().get(input), reason));
    }

    /**
     * Prepares a walk.
     *
     * @param model the graph
     * @param probe its shapes
     * @param rules the registry
     * @return a walk that may be run several times, for several seeds
     * @throws UnsupportedOpException listing every op without a rule
     */
    public static ReverseWalk of(GraphModel model, GraphProbe probe, VjpRules rules) {
        check(model, rules);
        return new ReverseWalk(model, probe, rules);
    }

    /**
     * Emits {@code J^T v} for stacked cotangents of the logits.
     *
     * @param seed cotangents {@code [V*N, *outputShape]}, cotangent-major; a variable of the model's graph
     * @param stack {@code V}; more than 1 only if {@link GraphProbe#stackable()}
     * @param fed placeholder values with which the seed can be evaluated beside those of the probe, to check shapes
     * @return the cotangents of the model's inputs, in their order, {@code [V*N, *inputShape]}
     * @throws IllegalArgumentException if every path to an input runs through piecewise constant ops
     */
    public List<SDVariable> emit(SDVariable seed, int stack, Map<String, INDArray> fed) {
        if (stack > 1 && !probe.stackable()) {
            throw new IllegalArgumentException(
                    "cannot stack " + stack + " cotangents: the batch size is fixed, or the batch"
                            + " axis is not the first axis of every variable; emit them one by one");
        }
        CotangentGate gate = new CotangentGate(model.sameDiff(), probe, stack);
        Map<String, SDVariable> cotangents = new HashMap<>();
        cotangents.put(model.logits(), seed);
        Set<String> active = activeVariables(model);
        List<GraphOp> path = model.path();
        for (int i = path.size() - 1; i >= 0; i--) {
            step(path.get(i), active, cotangents, gate, stack);
        }
        List<SDVariable> results =
                model.inputs().stream().map(input -> result(input, cotangents)).toList();
        Map<String, INDArray> all = new HashMap<>(probe.sampleBatch());
        all.putAll(fed);
        gate.verify(all);
        return results;
    }

    private SDVariable result(String input, Map<String, SDVariable> cotangents) {
        SDVariable result = cotangents.get(input);
        if (result == null) {
            throw new IllegalArgumentException("the Jacobian of '" + model.logits() + "' with respect to '" + input
                    + "' is zero: every path runs through piecewise constant ops");
        }
        return result;
    }

    private void step(
            GraphOp op, Set<String> active, Map<String, SDVariable> cotangents, CotangentGate gate, int stack) {
        OpRules entry = rules.find(op.opName());
        if (entry == null || entry.kind() == OpKind.ZERO) {
            return;
        }
        for (int output = 0; output < op.outputs().size(); output++) {
            SDVariable cotangent = cotangents.get(op.outputs().get(output));
            if (cotangent != null) {
                VjpContext context = new VjpContext(model.sameDiff(), op, probe, stack, output);
                propagate(op, entry, context, cotangent, active, cotangents, gate);
            }
        }
    }

    private void propagate(
            GraphOp op,
            OpRules entry,
            VjpContext context,
            SDVariable cotangent,
            Set<String> active,
            Map<String, SDVariable> cotangents,
            CotangentGate gate) {
        for (int input = 0; input < op.inputs().size(); input++) {
            String name = op.inputs().get(input);
            VjpRule rule = entry.rule(input);
            if (active.contains(name) && rule != null) {
                requireBatched(op, name);
                SDVariable part = gate.admit(op, input, entry.broadcasting(), rule.vjp(context, cotangent));
                cotangents.merge(name, part, CotangentSum::of);
            }
        }
    }

    private void requireBatched(GraphOp op, String name) {
        boolean open = probe.perSample() && probe.spec(model.input()).batched();
        if (open && !probe.spec(name).batched()) {
            throw new IllegalArgumentException("variable '" + name + "' (input of op '" + op.opName() + "' computing '"
                    + op.outputs().get(0)
                    + "') depends on the input but has no batch axis, so samples are coupled and have"
                    + " no Jacobian of their own");
        }
    }

    /** The input and everything computed from it on the way to the logits. */
    private static Set<String> activeVariables(GraphModel model) {
        Set<String> active = new HashSet<>();
        active.addAll(model.inputs());
        for (GraphOp op : model.path()) {
            for (String output : op.outputs()) {
                if (model.sameDiff().getVariable(output).dataType().isFPType()) {
                    active.add(output);
                }
            }
        }
        return active;
    }
}
