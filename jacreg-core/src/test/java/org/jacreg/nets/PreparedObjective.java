package org.jacreg.nets;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A graph of {@link SmallNets}' names under an objective with one batch prepared: what a trainer has before a step. */
public final class PreparedObjective implements AutoCloseable {

    /** Rounding of a loss of order 1 over the step: 1e-11; the third derivative adds about its square. */
    private static final double STEP = 1e-5;

    private final SameDiff sd;
    private final Objective.Session session;
    private final Map<String, INDArray> fed;
    private final CompiledGraph graph;

    /** The first iteration of the first epoch. */
    public PreparedObjective(SameDiff sd, Objective objective, INDArray x, INDArray labels) {
        this(sd, objective, x, labels, 0);
    }

    public PreparedObjective(SameDiff sd, Objective objective, INDArray x, INDArray labels, int iteration) {
        this.sd = sd;
        this.session = objective.start(sd);
        this.fed = new HashMap<>(session.prepare(batch(x, labels, iteration)));
        this.graph = CompiledGraph.of(sd)
                .outputs(sd.getLossVariables().toArray(String[]::new))
                .gradients(SmallNets.weights(sd).keySet().toArray(String[]::new))
                .build();
    }

    /** A batch of training data in the first epoch. */
    public static TrainingBatch batch(INDArray x, INDArray labels, int iteration) {
        return new TrainingBatch(Map.of(SmallNets.INPUT, x, SmallNets.LABEL, labels), iteration, 0, true);
    }

    public Objective.Session session() {
        return session;
    }

    /** What is fed; may be changed. */
    public Map<String, INDArray> fed() {
        return fed;
    }

    /** A variable of the graph, by SameDiff's session. */
    public INDArray value(String name) {
        return sd.outputSingle(fed, name);
    }

    public List<String> losses() {
        return sd.getLossVariables();
    }

    public double loss(String name) {
        return graph.run(fed).output(name).getDouble(0);
    }

    /** The sum of the losses. */
    public double loss() {
        CompiledValues values = graph.run(fed);
        return sd.getLossVariables().stream()
                .mapToDouble(name -> values.output(name).getDouble(0))
                .sum();
    }

    /** As the trainer gets them. */
    public Map<String, INDArray> gradients() {
        CompiledValues values = graph.run(fed);
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        SmallNets.weights(sd)
                .keySet()
                .forEach(name -> gradients.put(name, values.gradient(name).dup()));
        return gradients;
    }

    /** By central differences, with what is fed held fixed. */
    public Map<String, INDArray> slopes() {
        Map<String, INDArray> slopes = new LinkedHashMap<>();
        SmallNets.weights(sd).forEach((name, weight) -> {
            INDArray slope = weight.dup();
            for (long i = 0; i < weight.length(); i++) {
                double value = weight.getDouble(i);
                weight.putScalar(i, value + STEP);
                double up = loss();
                weight.putScalar(i, value - STEP);
                double down = loss();
                weight.putScalar(i, value);
                slope.putScalar(i, (up - down) / (2 * STEP));
            }
            slopes.put(name, slope);
        });
        return slopes;
    }

    @Override
    public void close() {
        graph.close();
        session.close();
    }
}
