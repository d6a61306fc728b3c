package org.jacreg.bounds.rademacher;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code sum_i sigma_i f_W(x_i)} and its gradient by the weights, on a private copy of a graph with weights of its own. One
 * thread at a time.
 */
final class ClassObjective implements AutoCloseable {

    private static final String SCOPE = "rademacher";
    private static final String SIGNS = SCOPE + "_signs";
    private static final String LABELS = SCOPE + "_labels";

    private final String input;
    private final String objective;
    private final boolean labelled;
    private final DataType inputType;
    private final DataType type;
    private final int classes;
    private final long[] inputShape;
    private final Map<String, INDArray> weights = new LinkedHashMap<>();
    private final CompiledGraph graph;

    ClassObjective(NetworkClass network, NetworkFunction function) {
        GraphModel original = network.model();
        GraphCopy copy = GraphCopy.of(original.sameDiff());
        GraphProbe probe = GraphProbe.run(original, null);
        copy.verify(original, probe);
        SameDiff sd = copy.graph();
        ownWeights(sd);
        input = original.input();
        inputType = sd.getVariable(input).dataType();
        type = sd.getVariable(original.logits()).dataType();
        classes = probe.classes();
        inputShape = probe.inputShape();
        labelled = function instanceof NetworkFunction.CrossEntropy;
        requireLogits(original, probe, function);
        GraphModel model = GraphModel.builder(sd)
                .input(original.inputs().toArray(String[]::new))
                .logits(original.logits())
                .build();
        SDVariable signs = sd.placeHolder(SIGNS, type, -1);
        SDVariable values = values(model, function);
        SDVariable sum = sd.sum(SCOPE + "_objective", values.mul(signs));
        objective = sum.name();
        sd.setLossVariables(objective);
        findWeights(sd, network, function);
        graph = CompiledGraph.of(sd)
                .outputs(objective)
                .gradients(weights.keySet().toArray(String[]::new))
                .build();
    }

    /** The Jacobian does not depend on the last bias, for example: there SameDiff has no gradient. */
    private void findWeights(SameDiff sd, NetworkClass network, NetworkFunction function) {
        QuietGradients.create(sd, network.balls().keySet().toArray(String[]::new));
        for (String name : network.balls().keySet()) {
            if (sd.grad(name) != null) {
                weights.put(name, sd.getVariable(name).getArr());
            }
        }
        if (weights.isEmpty()) {
            throw new IllegalArgumentException("class of networks: " + function + " does not depend on any of "
                    + network.balls().keySet() + ", so the class is a single function; give other weights a ball");
        }
    }

    /** The copy shares the original's arrays; the ascent writes to its own. */
    private static void ownWeights(SameDiff sd) {
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                sd.getVariablesArrays()
                        .setArray(variable.name(), variable.getArr().dup('c'));
            }
        }
    }

    private static void requireLogits(GraphModel model, GraphProbe probe, NetworkFunction function) {
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException(
                    "class of networks: got the inputs " + model.inputs() + ", wanted one; name it with .input(...)");
        }
        boolean rows = probe.outputShape().length == 1;
        boolean jacobian =
                !(function instanceof NetworkFunction.Logit) && !(function instanceof NetworkFunction.CrossEntropy);
        if (!rows && !jacobian) {
            throw new IllegalArgumentException("logits '" + model.logits() + "': got shape "
                    + probe.spec(model.logits()).dims() + ", wanted [N, K]");
        }
        if (probe.classes() < 2 && function instanceof NetworkFunction.CrossEntropy) {
            throw new IllegalArgumentException("logits '" + model.logits()
                    + "': got one class, wanted two or more; the cross-entropy of one class is 0 for every network");
        }
        if (function instanceof NetworkFunction.Logit logit && logit.index() >= probe.classes()) {
            throw new IllegalArgumentException("logit: got index " + logit.index() + ", wanted one below "
                    + probe.classes() + ", the number of logits of '" + model.logits() + "'");
        }
    }

    /** {@code f(x_i)} for every sample, [N], in the type of the logits. */
    private SDVariable values(GraphModel model, NetworkFunction function) {
        SameDiff sd = model.sameDiff();
        SDVariable logits = sd.getVariable(model.logits());
        if (function instanceof NetworkFunction.Logit logit) {
            return logit(logits, logit.index());
        }
        if (function instanceof NetworkFunction.CrossEntropy) {
            SDVariable labels = sd.placeHolder(LABELS, type, -1, classes);
            return crossEntropy(logits, labels);
        }
        JacobianGraph jacobian = JacobianGraph.of(model, VjpRules.standard(), null);
        boolean l1 = function instanceof NetworkFunction.JacobianL11;
        SDVariable folded = jacobian.rows().stream()
                .map(block -> fold(block, l1).castTo(type))
                .reduce(SDVariable::add)
                .orElseThrow();
        if (l1) {
            return folded;
        }
        // where the sum is 0 the maximum sends nothing back: a subgradient of the norm, and no infinite slope
        double tiny = type == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        return sd.math().sqrt(sd.math().max(folded, sd.constant(SCOPE + "_tiny", Nd4j.scalar(type, tiny))));
    }

    /** Of ordinary ops: ND4J 1.0.0-M2.1 cannot copy its log-softmax. */
    private static SDVariable crossEntropy(SDVariable logits, SDVariable labels) {
        SameDiff sd = logits.getSameDiff();
        SDVariable below = logits.sub(sd.max(logits, true, 1));
        SDVariable sum = sd.math().log(sd.sum(sd.math().exp(below), 1));
        return sum.sub(sd.sum(below.mul(labels), 1));
    }

    private SDVariable logit(SDVariable logits, int index) {
        SameDiff sd = logits.getSameDiff();
        if (classes == 1) {
            return sd.reshape(logits, -1);
        }
        INDArray unit = Nd4j.zeros(type, classes, 1);
        unit.putScalar(index, 0, 1.0);
        return sd.reshape(logits.mmul(sd.constant(SCOPE + "_unit", unit)), -1);
    }

    /** Squares or absolute values of the rows [V*N, ...] of a block, summed for every sample; no fold over an axis of length 1. */
    private SDVariable fold(JacobianRows block, boolean l1) {
        SDVariable rows = block.values();
        SameDiff sd = rows.getSameDiff();
        SDVariable each = l1 ? sd.math().abs(rows) : rows.mul(rows);
        long width = java.util.Arrays.stream(inputShape).reduce(1, Math::multiplyExact);
        if (block.count() == 1) {
            return width == 1 ? sd.reshape(each, -1) : sd.sum(sd.reshape(each, -1, width), 1);
        }
        return width == 1
                ? sd.sum(sd.reshape(each, block.count(), -1), 0)
                : sd.sum(sd.reshape(each, block.count(), -1, width), 0, 2);
    }

    /** The copy's own arrays of the weights that vary and that the objective depends on: to be written to between evaluations. */
    Map<String, INDArray> weights() {
        return weights;
    }

    int classes() {
        return classes;
    }

    long[] inputShape() {
        return inputShape;
    }

    boolean labelled() {
        return labelled;
    }

    /** A part of the sample in the graph's types: inputs, and one-hot labels where the function needs them. */
    Map<String, INDArray> batch(INDArray x, int[] labels, int first) {
        Map<String, INDArray> batch = new HashMap<>();
        batch.put(input, x.castTo(inputType).dup('c'));
        if (labelled) {
            INDArray hot = Nd4j.zeros(type, x.size(0), classes);
            for (int i = 0; i < x.size(0); i++) {
                hot.putScalar(i, labels[first + i], 1.0);
            }
            batch.put(LABELS, hot);
        }
        return batch;
    }

    /**
     * The objective on a sample cut to batches; adds its gradient to {@code gradients}, by weight.
     *
     * @param signs the signs of every batch
     */
    double evaluate(List<Map<String, INDArray>> batches, List<INDArray> signs, Map<String, INDArray> gradients) {
        gradients.values().forEach(gradient -> gradient.assign(0));
        double sum = 0;
        for (int b = 0; b < batches.size(); b++) {
            Map<String, INDArray> fed = new HashMap<>(batches.get(b));
            fed.put(SIGNS, signs.get(b));
            CompiledValues values = graph.run(fed);
            sum += values.output(objective).getDouble(0);
            gradients.forEach((name, gradient) -> gradient.addi(values.gradient(name)));
        }
        return sum;
    }

    /** Signs in the graph's type. */
    INDArray signs(double[] draw, int first, int count) {
        return Nd4j.createFromArray(java.util.Arrays.copyOfRange(draw, first, first + count))
                .castTo(type);
    }

    /** Fresh arrays of zeros, one a weight. */
    Map<String, INDArray> room() {
        Map<String, INDArray> room = new LinkedHashMap<>();
        weights.forEach((name, weight) -> room.put(name, Nd4j.zeros(weight.dataType(), weight.shape())));
        return room;
    }

    @Override
    public void close() {
        graph.close();
    }
}
