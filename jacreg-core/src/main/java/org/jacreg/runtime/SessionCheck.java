package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares several evaluations of a graph by SameDiff's session with the same ops run one by one on fresh arrays.
 *
 * <p>Ops that are right can make a graph that is wrong: the session of ND4J 1.0.0-M2.1 hands arrays out of its cache under
 * another order ('f') without the strides to it, and a backend of which one op goes by the order and the next by the strides
 * computes a permuted result.
 */
final class SessionCheck {

    private static final int EVALUATIONS = 3;

    /** Ops are the same ones, so all that differs is the order in which sums are taken. */
    private static final double ALLOWED_FLOAT = 1e-3;

    private static final double ALLOWED_DOUBLE = 1e-8;

    private final SameDiff graph;
    private final Map<String, INDArray> fed;
    private final String[] ends;

    SessionCheck(SameDiff graph, Map<String, INDArray> fed) {
        this.graph = graph;
        this.fed = fed;
        this.ends = ends(graph);
    }

    /** What nothing in the graph is computed from. */
    private static String[] ends(SameDiff graph) {
        Set<String> ends = new LinkedHashSet<>();
        graph.getOps().values().forEach(op -> ends.addAll(op.getOutputsOfOp()));
        for (SameDiffOp op : graph.getOps().values()) {
            if (op.getInputsToOp() != null) {
                ends.removeAll(op.getInputsToOp());
            }
        }
        return ends.toArray(String[]::new);
    }

    /** Evaluates the graph and writes down what was run. */
    SessionRecorder record() {
        SessionRecorder recorder = new SessionRecorder();
        if (ends.length > 0) {
            graph.output(fed, List.of(recorder), ends);
        }
        return recorder;
    }

    /**
     * What a session got wrong.
     *
     * @param opName the first op whose result is another one
     * @param variable what it computes
     * @param text the numbers
     */
    record Fault(String opName, String variable, String text) {}

    /** Compares; nothing if all is right, or if the graph draws random numbers or steers control flow. */
    Optional<Fault> run(SessionRecorder recorder, OpRunner runner) {
        Map<String, INDArray> right = replay(recorder.steps(), runner);
        if (right == null) {
            return Optional.empty();
        }
        for (int evaluation = 1; evaluation <= EVALUATIONS; evaluation++) {
            Results results = new Results();
            Map<String, INDArray> values = graph.output(fed, List.of(results), ends);
            for (String end : ends) {
                String difference = difference(values.get(end), right.get(end));
                if (difference != null) {
                    return Optional.of(located(recorder, results, right, end, evaluation, difference));
                }
            }
        }
        return Optional.empty();
    }

    private Fault located(
            SessionRecorder recorder,
            Results results,
            Map<String, INDArray> right,
            String end,
            int evaluation,
            String difference) {
        String text =
                "SameDiff's session computes '" + end + "' wrongly in evaluation " + evaluation + " (" + difference
                        + "), though every op by itself may be right: arrays of its cache have an order that their strides do not"
                        + " have. sd.setEnableCache(false) helps, or a CompiledGraph";
        for (SessionRecorder.Step step : recorder.steps()) {
            for (String output : step.outputs()) {
                if (difference(results.values.get(output), right.get(output)) != null) {
                    return new Fault(step.opName(), output, text);
                }
            }
        }
        return new Fault("session", end, text);
    }

    /** Runs the ops one by one on fresh arrays; null where one cannot be run by itself. */
    private @Nullable Map<String, INDArray> replay(List<SessionRecorder.Step> steps, OpRunner runner) {
        Map<String, INDArray> values = new HashMap<>(fed);
        for (SessionRecorder.Step step : steps) {
            if (step.passesOn()) {
                values.put(step.outputs().get(0), value(values, step.inputs().get(0)));
                continue;
            }
            if (step.use().isEmpty()) {
                return null;
            }
            OpUse use = step.use().get();
            List<INDArray> inputs = new ArrayList<>();
            for (int i = 0; i < use.inputs().size(); i++) {
                inputs.add(value(values, step.inputs().get(i)));
            }
            List<INDArray> outputs = use.outputs().stream()
                    .map(slot -> Nd4j.createUninitialized(slot.type(), slot.shape(), slot.order()))
                    .toList();
            runner.run(use, inputs, outputs);
            for (int o = 0; o < outputs.size(); o++) {
                values.put(step.outputs().get(o), outputs.get(o));
            }
        }
        return values;
    }

    private INDArray value(Map<String, INDArray> values, String name) {
        INDArray computed = values.get(name);
        return computed == null ? Objects.requireNonNull(graph.getArrForVarName(name), name) : computed;
    }

    private static @Nullable String difference(@Nullable INDArray actual, @Nullable INDArray expected) {
        if (actual == null
                || expected == null
                || actual.isEmpty()
                || !actual.dataType().isFPType()) {
            return null;
        }
        double[] a = actual.dup('c').data().asDouble();
        double[] b = expected.dup('c').data().asDouble();
        double size = 0;
        for (double value : b) {
            size = Math.max(size, Math.abs(value));
        }
        double allowed = (actual.dataType() == DataType.DOUBLE ? ALLOWED_DOUBLE : ALLOWED_FLOAT) * Math.max(1e-3, size);
        for (int k = 0; k < a.length; k++) {
            boolean same = Double.doubleToLongBits(a[k]) == Double.doubleToLongBits(b[k]);
            if (!same && !(Math.abs(a[k] - b[k]) <= allowed)) {
                return a[k] + " where " + b[k] + " is right";
            }
        }
        return null;
    }

    /** Keeps what a session computes: it takes the arrays back. */
    private static final class Results extends BaseListener {

        private final Map<String, INDArray> values = new LinkedHashMap<>();

        @Override
        public boolean isActive(Operation operation) {
            return true;
        }

        @Override
        public void opExecution(
                SameDiff sd, At at, MultiDataSet batch, SameDiffOp op, OpContext context, INDArray[] outputs) {
            for (int o = 0; o < outputs.length; o++) {
                values.put(op.getOutputsOfOp().get(o), outputs[o].dup('c'));
            }
        }
    }
}
