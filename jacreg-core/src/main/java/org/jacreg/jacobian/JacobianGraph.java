package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;

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
     * @return the model's own variable, {@code [N, C]}
     */
    public SDVariable logits() {
        return model.sameDiff().getVariable(model.logits());
    }

    /**
     * Emits all rows of the Jacobian.
     *
     * @return either one variable {@code [C*N, *inputShape]}, class-major, or {@code C} variables {@code [N, *inputShape]};
     *     read one after the other they hold the same values
     */
    public List<SDVariable> rows() {
        int classes = probe.classes();
        if (probe.stackable()) {
            return List.of(walk.emit(CotangentSeeds.stackedUnitVectors(logits(), classes), classes, Map.of()));
        }
        return each(classes, c -> CotangentSeeds.unitVector(logits(), classes, c));
    }

    /**
     * Emits {@code J^T v} for random unit directions.
     *
     * @param count {@code V}, directions per sample
     * @return either one variable {@code [V*N, *inputShape]} or {@code V} variables {@code [N, *inputShape]}
     */
    public List<SDVariable> projections(int count) {
        if (probe.stackable()) {
            return List.of(
                    walk.emit(CotangentSeeds.randomDirections(logits(), probe.classes(), count), count, Map.of()));
        }
        return each(count, v -> CotangentSeeds.randomDirections(logits(), probe.classes(), 1));
    }

    /**
     * Emits {@code J^T v} for one given cotangent per sample.
     *
     * @param cotangent a placeholder {@code [N, C]} of the model's graph
     * @return {@code [N, *inputShape]}
     */
    public SDVariable product(SDVariable cotangent) {
        long[] shape = {probe.sampleBatchSize(), probe.classes()};
        return walk.emit(
                cotangent, 1, Map.of(cotangent.name(), org.nd4j.linalg.factory.Nd4j.ones(cotangent.dataType(), shape)));
    }

    private List<SDVariable> each(int count, IntFunction<SDVariable> seed) {
        List<SDVariable> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(walk.emit(seed.apply(i), 1, Map.of()));
        }
        return rows;
    }
}
