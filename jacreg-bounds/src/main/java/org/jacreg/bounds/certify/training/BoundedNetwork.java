package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.SubgraphCopy;
import org.nd4j.autodiff.samediff.SameDiff;

/** A graph of which every op between input and logits has an interval rule; {@link #emit} adds the bounds of all of them. */
final class BoundedNetwork {

    /** Pairs of classes are columns of a matrix. */
    static final int MOST_CLASSES = 100;

    private final GraphModel model;
    private final GraphProbe probe;
    private final IntervalRules rules = IntervalRules.standard();
    private final Set<String> data = new LinkedHashSet<>();

    private BoundedNetwork(GraphModel model, GraphProbe probe) {
        this.model = model;
        this.probe = probe;
        data.addAll(model.inputs());
        model.path().forEach(op -> data.addAll(op.outputs()));
    }

    /** What the graph is made of; obstacles are collected by {@link #check}. */
    static BoundedNetwork of(GraphModel model) {
        return new BoundedNetwork(model, GraphProbe.run(model, null));
    }

    GraphModel model() {
        return model;
    }

    GraphProbe probe() {
        return probe;
    }

    SameDiff graph() {
        return model.sameDiff();
    }

    int classes() {
        return probe.classes();
    }

    List<OpSite> sites() {
        return model.path().stream().map(this::site).toList();
    }

    private OpSite site(GraphOp op) {
        return new OpSite(model.sameDiff(), op, data, probe);
    }

    /**
     * Refuses a graph with an op that cannot be bounded; nothing has been added yet.
     *
     * @param further what else is in the way
     */
    void check(String objective, List<String> further) {
        List<String> obstacles = new ArrayList<>(obstaclesOfAnyObjective());
        for (OpSite site : sites()) {
            String why = rules.find(site.op().opName())
                    .map(rule -> rule.obstacle(site).orElse(""))
                    .orElse("no interval rule is known for it");
            if (!why.isEmpty()) {
                obstacles.add(site.describe() + ": " + why);
            }
        }
        obstacles.addAll(further);
        refuse(objective, obstacles);
    }

    /** Throws if there are obstacles, and if copies of the ops compute something else. */
    void refuse(String objective, List<String> obstacles) {
        if (!obstacles.isEmpty()) {
            throw new UntrainableGraphException(objective, obstacles);
        }
        SubgraphCopy.of(model).verify(probe);
    }

    List<String> obstaclesOfAnyObjective() {
        List<String> obstacles = new ArrayList<>();
        if (probe.outputShape().length != 1 || classes() < 2 || classes() > MOST_CLASSES) {
            obstacles.add("logits '" + model.logits() + "' have the shape "
                    + probe.spec(model.logits()).dims() + " (-1 stands for the batch); wanted [N, C] with at most "
                    + MOST_CLASSES + " classes");
        }
        for (OpSite site : sites()) {
            for (int input = 0; input < site.op().inputs().size(); input++) {
                String name = site.name(input);
                if (!data.contains(name) && GraphModel.needs(graph(), name, model.input())) {
                    obstacles.add(site.describe() + ": its input '" + name
                            + "' depends on the sample in a way that has no derivative");
                }
            }
        }
        return obstacles;
    }

    /** Adds the bounds of every variable that depends on the input, by its name. */
    Map<String, Interval> emit(Interval input) {
        Map<String, Interval> bounds = new HashMap<>();
        bounds.put(model.input(), input);
        for (OpSite site : sites()) {
            IntervalRule rule = rules.find(site.op().opName()).orElseThrow();
            bounds.put(site.op().outputs().get(0), Objects.requireNonNull(rule.emit(site, bounds)));
        }
        return bounds;
    }
}
