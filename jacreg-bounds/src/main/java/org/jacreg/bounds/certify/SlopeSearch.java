package org.jacreg.bounds.certify;

import java.util.HashMap;
import java.util.Map;

/** Improves bounds of functionals of the logits by {@link SlopeChoice}. */
final class SlopeSearch {

    /** Steps of the search. */
    static final int STEPS = 20;

    private final BoundGraph graph;
    private final Pass pass;
    private final int[] sample;
    private final double[] functionals;

    /** Searches for functionals of the logits, [rows, classes], one sample for each row; the array is not modified. */
    SlopeSearch(BoundGraph graph, Pass pass, int[] sample, double[] functionals) {
        this.graph = graph;
        this.pass = pass;
        this.sample = sample;
        this.functionals = functionals;
    }

    /** Raises bounds where the search finds better ones. */
    void improve(double[] bounds) {
        SlopeChoice choice = new SlopeChoice();
        for (int step = 0; step < STEPS; step++) {
            choice.begin();
            Functionals carried = new Functionals(sample, choice);
            carried.add(graph.output(), functionals.clone(), pass.bounds(graph.output()));
            double[] found = pass.minima(carried, graph.output(), false);
            for (int r = 0; r < bounds.length; r++) {
                bounds[r] = Math.max(bounds[r], found[r]);
            }
            double[] ofInput = choice.noted(0);
            if (ofInput == null || step == STEPS - 1) {
                return;
            }
            choice.step(arguments(carried, choice, pass.region().worst(carried, ofInput)));
        }
    }

    /** The arguments of every activation when the inputs are followed forward along the lines. */
    private Map<Integer, double[]> arguments(Functionals carried, SlopeChoice choice, double[] inputs) {
        double[][] values = new double[graph.size()][];
        Map<Integer, double[]> result = new HashMap<>();
        for (int k = 0; k < graph.size(); k++) {
            BoundNode node = graph.node(k);
            double[][] in = new double[Math.max(1, node.inputCount())][];
            in[0] = inputs;
            for (int i = 0; i < node.inputCount(); i++) {
                in[i] = values[node.input(i)];
            }
            values[k] = node.follow(in, carried, choice, pass);
            if (node instanceof ActivationNode) {
                result.put(k, in[0]);
            }
        }
        return result;
    }
}
