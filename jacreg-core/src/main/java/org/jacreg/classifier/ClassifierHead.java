package org.jacreg.classifier;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.QuietGradients;
import org.jacreg.runtime.GraphRunner;
import org.jacreg.runtime.HostRows;
import org.jacreg.runtime.QuietOps;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A private copy of the graph with a loss whose gradient by the input is wanted. Methods wait for one another: what a run
 * computes is overwritten by the next one, so it is copied before another thread may run.
 */
final class ClassifierHead {

    private static final String LOSS = "jacreg/loss";
    private static final String WEIGHTS = "jacreg/weights";

    private final GraphCopy copy;
    private final String input;
    private final String logits;
    private final int classes;
    private final GraphRunner forward;
    private final GraphRunner both;

    private ClassifierHead(GraphModel model, int classes, BinaryOperator<SDVariable> lossOf) {
        this.copy = GraphCopy.of(model.sameDiff());
        this.input = model.input();
        this.logits = model.logits();
        this.classes = classes;
        SameDiff sd = copy.graph();
        SDVariable z = sd.getVariable(logits);
        SDVariable v = sd.placeHolder(WEIGHTS, z.dataType(), -1, classes);
        SDVariable loss = lossOf.apply(z, v);
        sd.setLossVariables(loss.name());
        QuietGradients.create(sd, input);
        this.forward = GraphRunner.of(sd, List.of(logits), List.of());
        this.both = GraphRunner.late(sd, List.of(logits, LOSS), List.of(input), WEIGHTS);
    }

    /** The loss is {@code sum_nc v_nc z_nc}: its gradient is {@code J^T v}. */
    static ClassifierHead products(GraphModel model, int classes) {
        return new ClassifierHead(model, classes, (z, v) -> z.getSameDiff().sum(LOSS, z.mul(v)));
    }

    /**
     * The loss of sample n is {@code -log softmax(z_n)_label}. ND4J's loss op gives the losses one by one and takes them for
     * what is to be minimized, so the gradient is that of their sum.
     */
    static ClassifierHead crossEntropy(GraphModel model, int classes) {
        return new ClassifierHead(model, classes, (z, v) -> {
            SameDiff sd = z.getSameDiff();
            SDVariable ones = sd.constant(Nd4j.scalar(z.dataType(), 1.0));
            return sd.loss().softmaxCrossEntropy(LOSS, v, z, ones, LossReduce.NONE, 0);
        });
    }

    GraphCopy copy() {
        return copy;
    }

    DataType cotangentType() {
        return copy.graph().getVariable(WEIGHTS).dataType();
    }

    /** The logits alone, a fresh array. */
    synchronized INDArray logits(INDArray x) {
        copy.refresh();
        INDArray result = forward.run(Map.of(input, x)).get(0);
        return QuietOps.call(result::dup);
    }

    /** The gradient alone, a fresh array. */
    synchronized INDArray gradient(INDArray x, INDArray v) {
        return evaluate(x, v).get(2).dup();
    }

    /** Fresh arrays. */
    synchronized LossGradient lossGradient(INDArray x, INDArray v) {
        List<INDArray> values = evaluate(x, v);
        return new LossGradient(
                values.get(1).dup(), values.get(0).dup(), values.get(2).dup());
    }

    /** Arrays for the losses, logits and gradients of a batch. */
    LossGradient room(long samples, long[] inputShape, DataType inputType) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = samples;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return new LossGradient(
                Nd4j.create(cotangentType(), samples),
                Nd4j.create(cotangentType(), samples, classes),
                Nd4j.create(inputType, shape));
    }

    /** Writes losses, logits and gradients into arrays. */
    synchronized void lossGradientInto(LossGradient room, INDArray x, INDArray v) {
        List<INDArray> values = evaluate(x, v);
        HostRows.copy(values.get(1), room.loss());
        HostRows.copy(values.get(0), room.logits());
        HostRows.copy(values.get(2), room.gradient());
    }

    /** Logits and gradient for cotangents that are chosen in view of the logits; fresh arrays. */
    synchronized LogitsGradient logitsGradient(INDArray x, UnaryOperator<INDArray> cotangents) {
        refresh();
        INDArray shape = Nd4j.create(cotangentType(), x.size(0), classes);
        List<INDArray> values = both.run(fed(x, shape), cotangents);
        return QuietOps.call(
                () -> new LogitsGradient(values.get(0).dup(), values.get(2).dup()));
    }

    /** Logits, loss and gradient, to be copied before the next run. */
    private List<INDArray> evaluate(INDArray x, INDArray v) {
        refresh();
        return both.run(fed(x, v));
    }

    private Map<String, INDArray> fed(INDArray x, INDArray v) {
        Map<String, INDArray> fed = new HashMap<>();
        fed.put(input, x);
        fed.put(WEIGHTS, v);
        return fed;
    }

    private void refresh() {
        copy.refresh();
        // The gradient function is a graph of its own, with its own table of arrays.
        copy.refreshInto(copy.graph().getFunction("grad"));
    }
}
