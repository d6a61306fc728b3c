package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** One step: prepare the batch, run the compiled graph, look at what came out, update the weights. */
final class TrainingStep implements AutoCloseable {

    private final BatchFeed feed;
    private final Objective.Session session;
    private final TrainingListeners listeners;
    private final Evaluations evaluations;
    private final WeightUpdates updates;
    private final Map<String, String> losses = new LinkedHashMap<>();
    private final Map<String, String> penalties = new LinkedHashMap<>();
    private final int replays;
    private final CompiledGraph graph;
    private final WeightSnapshot beforeMove;
    private final @Nullable WeightSnapshot lastFinite;

    /** What a step minimises, term by term. */
    private record Terms(Map<String, Double> losses, Map<String, Double> penalties) {}

    /** Means over the steps of an epoch. */
    record Sums(Means losses, Means regularization, Means penalties) {
        Sums() {
            this(new Means(), new Means(), new Means());
        }
    }

    TrainingStep(
            SameDiff sd,
            Objective.Session session,
            TrainingListeners listeners,
            Evaluations evaluations,
            NonFiniteLoss nonFinite) {
        this.feed = new BatchFeed(sd);
        this.session = session;
        this.listeners = listeners;
        this.evaluations = evaluations;
        if (sd.getFunction("grad") == null) {
            QuietGradients.create(sd);
        }
        this.updates = WeightUpdates.of(sd);
        sd.getLossVariables().forEach(name -> losses.put(name, name));
        RegularizedGraph.termsOf(sd)
                .forEach(term -> penalties.put(term.name(), term.penalty().name()));
        Set<String> outputs = new LinkedHashSet<>(losses.values());
        outputs.addAll(penalties.values());
        outputs.addAll(evaluations.variables());
        outputs.addAll(listeners.variables());
        Set<String> gradients = new LinkedHashSet<>(updates.trained());
        gradients.addAll(session.alsoDifferentiated());
        this.replays = session.replays();
        if (replays < 1) {
            throw new IllegalArgumentException("an objective's replays: expected at least 1, got " + replays);
        }
        this.graph = CompiledGraph.of(sd)
                .outputs(outputs.toArray(String[]::new))
                .gradients(gradients.toArray(String[]::new))
                .build();
        this.beforeMove = new WeightSnapshot(updates::trainedWeights);
        this.lastFinite = nonFinite == NonFiniteLoss.STOP_AND_RESTORE ? new WeightSnapshot(updates::everything) : null;
    }

    WeightUpdates updates() {
        return updates;
    }

    /** What prepares the batches. */
    Objective.Session session() {
        return session;
    }

    /** How many steps are to be made with each batch. */
    int replays() {
        return replays;
    }

    /**
     * Makes the step.
     *
     * @param sums takes the step's numbers
     * @return the values of the loss variables, and the scores of regularizations under their classes' names
     * @throws NonFiniteLossException before any update, if a loss variable or penalty is not finite
     */
    Map<String, Double> run(MultiDataSet batch, At at, Sums sums) {
        TrainingBatch prepared = new TrainingBatch(feed.placeholders(batch), at.iteration(), at.epoch(), true);
        Map<String, INDArray> fed = session.prepare(prepared);
        RandomState random = RandomState.now();
        CompiledValues values = graph.run(fed);
        Terms terms = finiteTerms(values, fed, at);
        evaluations.add(batch, values);
        listeners.activations(at, batch, values);
        if (lastFinite != null) {
            lastFinite.capture();
        }
        ComputedStep computed = new ComputedStep(
                prepared, fed, updates.trainedWeights(), beforeMove, values, () -> again(fed, random, at));
        session.beforeUpdate(computed);
        Map<String, Double> scores = updates.apply(computed.values(), at, listeners);
        sums.losses().add(terms.losses());
        sums.penalties().add(terms.penalties());
        sums.regularization().add(scores);
        Map<String, Double> all = new LinkedHashMap<>(terms.losses());
        all.putAll(scores);
        return all;
    }

    /** The same function at other weights: with the random draws of before. */
    private CompiledValues again(Map<String, INDArray> fed, RandomState random, At at) {
        random.restore();
        CompiledValues values = graph.run(fed);
        finiteTerms(values, fed, at);
        return values;
    }

    private Terms finiteTerms(CompiledValues values, Map<String, INDArray> fed, At at) {
        Terms terms = new Terms(read(values, losses), read(values, penalties));
        requireFinite(terms.penalties(), fed, at);
        requireFinite(terms.losses(), fed, at);
        return terms;
    }

    private static Map<String, Double> read(CompiledValues values, Map<String, String> variables) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        variables.forEach((name, variable) -> numbers.put(name, number(values.output(variable))));
        return numbers;
    }

    /** A scalar, or the sum of what is not one: SameDiff minimises that. */
    static double number(INDArray value) {
        return value.isScalar() ? value.getDouble(0) : value.sumNumber().doubleValue();
    }

    private void requireFinite(Map<String, Double> terms, Map<String, INDArray> fed, At at) {
        for (Map.Entry<String, Double> term : terms.entrySet()) {
            double value = term.getValue();
            if (!Double.isFinite(value)) {
                String explanation = explain(fed) + leave();
                throw new NonFiniteLossException(term.getKey(), value, at.epoch(), at.iteration(), explanation);
            }
        }
    }

    private String explain(Map<String, INDArray> fed) {
        List<String> data = notFinite(fed);
        if (!data.isEmpty()) {
            return "the data fed to " + data + " is not finite";
        }
        List<String> weights = notFinite(updates.weights());
        return weights.isEmpty()
                ? "data and weights are finite"
                : "weights " + weights + " are not finite: try a smaller learning rate";
    }

    private static List<String> notFinite(Map<String, INDArray> arrays) {
        return arrays.entrySet().stream()
                .filter(entry -> entry.getValue().dataType().isFPType())
                .filter(entry -> entry.getValue().isNaN().any()
                        || entry.getValue().isInfinite().any())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private String leave() {
        if (lastFinite == null) {
            return ". The graph has the weights that gave this value";
        }
        if (!lastFinite.isCaptured()) {
            return ". It is the first step: no weight was changed";
        }
        lastFinite.restore();
        return ". Weights and updater state are put back to the last ones with a finite loss";
    }

    @Override
    public void close() {
        graph.close();
    }

    /** The loss variables' names. */
    List<String> lossNames() {
        return List.copyOf(Objects.requireNonNull(losses.keySet()));
    }
}
