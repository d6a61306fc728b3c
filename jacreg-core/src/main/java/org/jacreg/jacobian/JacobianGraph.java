package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Emits the nodes that compute Jacobian rows in a model's graph.
 *
 * <p>Where cotangents can be stacked they are, so that one sweep computes all rows; otherwise there is one sweep per
 * cotangent.
 */
public final class JacobianGraph {

    private final GraphModel model;
    private final GraphProbe probe;
    private final ReverseWalk walk;

    private JacobianGraph(GraphModel model, GraphProbe probe, ReverseWalk walk) {
        this.model = model;
        this.probe = probe;
        this.walk = walk;
    }

    /**
     * Checks that the graph can be differentiated. Adds nothing.
     *
     * @param model the graph; not modified
     * @param rules the registry
     * @param inputShape shape of one sample, or null to take it from the placeholder
     * @return an emitter for this graph
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule
     * @throws IllegalArgumentException if shapes are unknown or samples are coupled
     */
    public static JacobianGraph of(
            GraphModel model, VjpRules rules, long @org.jspecify.annotations.Nullable [] inputShape) {
        ReverseWalk.check(model, rules);
        GraphProbe probe = GraphProbe.run(model, inputShape);
        return new JacobianGraph(model, probe, ReverseWalk.of(model, probe, rules));
    }

    /**
     * The part of the graph that is differentiated.
     *
     * @return the model
     */
    public GraphModel model() {
        return model;
    }

    /**
     * The measured shapes.
     *
     * @return the probe of the model
     */
    public GraphProbe probe() {
        return probe;
    }

    /**
     * The logits.
     *
     * @return the model's own variable, {@code [N, *outputShape]}
     */
    public SDVariable logits() {
        return model.sameDiff().getVariable(model.logits());
    }

    /**
     * Emits all rows of the Jacobian.
     *
     * @return for every input either one block of all {@code C} rows, or {@code C} blocks of one row each
     */
    public List<JacobianRows> rows() {
        int classes = probe.classes();
        long[] shape = probe.outputShape();
        if (probe.stackable()) {
            return blocks(0, classes, CotangentSeeds.stackedUnitVectors(logits(), shape));
        }
        return each(classes, c -> CotangentSeeds.unitVector(logits(), shape, c));
    }

    /**
     * Emits {@code J^T v} for random directions, scaled so that {@code E||J^T v||_2^2 = ||J||_F^2}.
     *
     * @param count {@code V}, directions per sample, at least 1
     * @param directions their distribution
     * @return for every input either one block of {@code V} products, or {@code V} blocks of one
     */
    public List<JacobianRows> projections(int count, Directions directions) {
        long[] shape = probe.outputShape();
        if (probe.stackable()) {
            return blocks(0, count, CotangentSeeds.randomDirections(logits(), shape, count, directions));
        }
        List<SDVariable> seeds = CotangentSeeds.separateDirections(logits(), shape, count, directions);
        return each(count, seeds::get);
    }

    /**
     * Emits {@code J^T v} for given cotangents, one or several per sample.
     *
     * @param cotangents {@code [V*N, *outputShape]}, cotangent-major: a placeholder, or computed from the graph's variables
     * @param count {@code V}; more than 1 only if the probe is {@link GraphProbe#stackable() stackable}
     * @param fed placeholder values with which the cotangents can be evaluated beside the probe's own, for its batch size
     * @return one block for every input
     */
    public List<JacobianRows> products(SDVariable cotangents, int count, Map<String, INDArray> fed) {
        Map<String, INDArray> all = new HashMap<>(fedFor(cotangents, count));
        all.putAll(fed);
        return blocks(0, count, cotangents, all);
    }

    /**
     * Emits {@code J^T v} for one given cotangent per sample.
     *
     * @param cotangent a placeholder {@code [N, *outputShape]} of the model's graph
     * @return {@code [N, *inputShape]} for every input
     */
    public List<SDVariable> product(SDVariable cotangent) {
        return walk.emit(cotangent, 1, fedFor(cotangent, 1));
    }

    /** What a placeholder of cotangents is fed while shapes are checked. */
    private Map<String, INDArray> fedFor(SDVariable seed, int count) {
        if (seed.getVariableType() != VariableType.PLACEHOLDER) {
            return Map.of();
        }
        long[] sample = probe.outputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = (long) count * probe.sampleBatchSize();
        System.arraycopy(sample, 0, shape, 1, sample.length);
        return Map.of(seed.name(), Nd4j.ones(seed.dataType(), shape));
    }

    private List<JacobianRows> each(int count, IntFunction<SDVariable> seed) {
        List<JacobianRows> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.addAll(blocks(i, 1, seed.apply(i)));
        }
        return rows;
    }

    private List<JacobianRows> blocks(int first, int count, SDVariable seed) {
        return blocks(first, count, seed, fedFor(seed, count));
    }

    private List<JacobianRows> blocks(int first, int count, SDVariable seed, Map<String, INDArray> fed) {
        List<SDVariable> results = walk.emit(seed, count, fed);
        List<JacobianRows> blocks = new ArrayList<>();
        for (int input = 0; input < results.size(); input++) {
            blocks.add(new JacobianRows(results.get(input), input, first, count));
        }
        return blocks;
    }
}
