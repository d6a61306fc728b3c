package org.jacreg.vjp;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * What a rule sees of the op it differentiates.
 *
 * <p>Values ({@link #input}, {@link #output}) are the graph's own variables, {@code [N, ...]}. Cotangents are stacked:
 * {@code V} of them stand behind each other on the batch axis, {@code [V*N, ...]}, cotangent-major. With {@code V > 1} the
 * batch axis is the first axis of everything that depends on the batch. {@link #scale} multiplies a stacked cotangent by
 * an unstacked value without copying the value {@code V} times.
 */
public final class VjpContext {

    private final SameDiff sd;
    private final GraphOp op;
    private final GraphProbe probe;
    private final int stack;
    private final int outputIndex;
    private final Map<String, SDVariable> shared = new HashMap<>();

    VjpContext(SameDiff sd, GraphOp op, GraphProbe probe, int stack, int outputIndex) {
        this.sd = sd;
        this.op = op;
        this.probe = probe;
        this.stack = stack;
        this.outputIndex = outputIndex;
    }

    /**
     * The graph to which nodes are added.
     *
     * @return the graph, inside a name scope
     */
    public SameDiff graph() {
        return sd;
    }

    /**
     * The op itself.
     *
     * @return the graph's own op; not to be modified
     */
    public DifferentialFunction function() {
        return op.function();
    }

    /**
     * The op's integer arguments.
     *
     * @return a fresh array
     */
    public long[] integerArguments() {
        return op.function() instanceof DynamicCustomOp custom ? custom.iArgs().clone() : new long[0];
    }

    /**
     * The number of the op's inputs.
     *
     * @return at least 1
     */
    public int inputCount() {
        return op.inputs().size();
    }

    /**
     * An input's value, not stacked.
     *
     * @param index which input
     * @return the graph's own variable
     */
    public SDVariable input(int index) {
        return sd.getVariable(op.inputs().get(index));
    }

    /**
     * Which output the cotangent belongs to. A rule of an op with several outputs is asked once for every output that has a
     * cotangent, and the results are added: {@code J^T ct = sum_k J_k^T ct_k}.
     *
     * @return the index, 0 for an op with one output
     */
    public int outputIndex() {
        return outputIndex;
    }

    /**
     * The value of the output that the cotangent belongs to, not stacked.
     *
     * @return the graph's own variable
     */
    public SDVariable output() {
        return output(outputIndex);
    }

    /**
     * An output's value, not stacked.
     *
     * @param index which output
     * @return the graph's own variable
     */
    public SDVariable output(int index) {
        return sd.getVariable(op.outputs().get(index));
    }

    /**
     * An input's shape.
     *
     * @param index which input
     * @return its type and shape, -1 on the batch axis
     */
    public TensorSpec inputSpec(int index) {
        return probe.spec(op.inputs().get(index));
    }

    /**
     * The shape of the output that the cotangent belongs to.
     *
     * @return its type and shape, -1 on the batch axis
     */
    public TensorSpec outputSpec() {
        return outputSpec(outputIndex);
    }

    /**
     * An output's shape.
     *
     * @param index which output
     * @return its type and shape, -1 on the batch axis
     */
    public TensorSpec outputSpec(int index) {
        return probe.spec(op.outputs().get(index));
    }

    /**
     * The number of the op's outputs.
     *
     * @return at least 1
     */
    public int outputCount() {
        return op.outputs().size();
    }

    /**
     * The number of cotangents that are stacked.
     *
     * @return {@code V}, at least 1
     */
    public int stack() {
        return stack;
    }

    /**
     * Multiplies a stacked cotangent of the output's shape by an unstacked value.
     *
     * @param cotangent {@code [V*N, ...]}
     * @param factor not stacked: {@code [N, ...]} of the output's rank, or without a batch axis; broadcasts to the output
     * @param factorSpec a shape that tells whether the factor has a batch axis
     * @return {@code [V*N, ...]}
     */
    public SDVariable scale(SDVariable cotangent, SDVariable factor, TensorSpec factorSpec) {
        return factorSpec.batched()
                ? perCotangent(cotangent, outputSpec().toArray(), outputSpec().toArray(), ct -> ct.mul(factor))
                : cotangent.mul(factor);
    }

    /**
     * Multiplies a stacked cotangent of the output's shape by an unstacked value that has the output's batch axis.
     *
     * @param cotangent {@code [V*N, ...]}
     * @param factor {@code [N, ...]}, not stacked, of the output's rank; broadcasts to the output
     * @return {@code [V*N, ...]}
     */
    public SDVariable scale(SDVariable cotangent, SDVariable factor) {
        return scale(cotangent, factor, outputSpec());
    }

    /**
     * Applies a broadcasting operation between a stacked cotangent and unstacked values, by giving the stack an axis of its
     * own meanwhile: {@code [V*N, ...] -> [V, N, ...]}, against which {@code [N, ...]} broadcasts.
     *
     * @param cotangent {@code [V*N, ...]}
     * @param before the cotangent's shape, -1 on the batch axis
     * @param after the result's shape, -1 on the batch axis
     * @param operation the operation
     * @return {@code [V*N, ...]}
     */
    public SDVariable perCotangent(
            SDVariable cotangent, long[] before, long[] after, UnaryOperator<SDVariable> operation) {
        if (stack == 1) {
            return operation.apply(cotangent);
        }
        long[] open = new long[before.length + 1];
        open[0] = stack;
        System.arraycopy(before, 0, open, 1, before.length);
        return sd.reshape(operation.apply(sd.reshape(cotangent, open)), after);
    }

    /**
     * Repeats an unstacked value for every stacked cotangent, for ops that cannot broadcast (a batched matrix product).
     *
     * @param value {@code [N, ...]} or without a batch axis
     * @param spec its shape
     * @return {@code [V*N, ...]}, or the value itself where nothing needs repeating
     */
    public SDVariable repeat(SDVariable value, TensorSpec spec) {
        return spec.batched() ? repeat(value, spec.rank()) : value;
    }

    /**
     * Repeats an unstacked value that has the batch as its first axis, for every stacked cotangent.
     *
     * @param value {@code [N, ...]}
     * @param rank its rank
     * @return {@code [V*N, ...]}, or the value itself where nothing is stacked
     */
    public SDVariable repeat(SDVariable value, int rank) {
        if (stack == 1) {
            return value;
        }
        int[] repeats =
                IntStream.range(0, rank).map(axis -> axis == 0 ? stack : 1).toArray();
        return sd.tile(value, repeats);
    }

    /**
     * Fails where a rule would have to fold the batch axis while samples have Jacobians of their own, or while cotangents are
     * stacked on it. The gradient of a loss over a whole batch may fold it.
     *
     * @param axis the axis of the first input that the rule folds, not negative
     * @throws IllegalArgumentException if it is the batch axis
     */
    public void requireNotBatchAxis(int axis) {
        boolean batch = probe.perSample() && axis == inputSpec(0).batchAxis();
        if (batch || (stack > 1 && axis == 0)) {
            throw new IllegalArgumentException(describe() + " works along the batch axis " + axis
                    + ", so samples are coupled and have no Jacobian of their own");
        }
    }

    /**
     * Fails where a rule can deal with one cotangent only: rules for weights sum over the batch, and there is no room for a
     * stack in a weight's shape.
     *
     * @param input the input that the rule differentiates by
     * @throws IllegalArgumentException if cotangents are stacked, or samples have Jacobians of their own
     */
    public void requireUnstacked(int input) {
        if (stack > 1 || probe.perSample()) {
            throw new IllegalArgumentException(describe() + ": input " + input + " ('"
                    + op.inputs().get(input) + "') is shared by all samples but depends on them, so samples are coupled"
                    + " and have no Jacobian of their own");
        }
    }

    /**
     * Nodes that the rules of several inputs of this op have in common: they are added once.
     *
     * @param name tells such nodes of one op apart
     * @param nodes adds the nodes
     * @return their result, from the first call
     */
    public SDVariable once(String name, Supplier<SDVariable> nodes) {
        SDVariable known = shared.get(name);
        if (known == null) {
            // Not computeIfAbsent: adding nodes may ask for other shared nodes.
            known = nodes.get();
            shared.put(name, known);
        }
        return known;
    }

    /**
     * The op's name and output, for messages.
     *
     * @return for example {@code op 'tanh' computing 'h1'}
     */
    public String describe() {
        return "op '" + op.opName() + "' computing '" + op.outputs().get(0) + "'";
    }
}
