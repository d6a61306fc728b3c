package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Losses and evaluations over the validation data. */
final class ValidationPass implements AutoCloseable {

    private final SameDiff sd;
    private final MultiDataSetIterator data;
    private final int ahead;
    private final BatchFeed feed;
    private final Objective.Session session;
    private final TrainingListeners listeners;
    private final Evaluations evaluations;
    private final List<String> losses;
    private final CompiledGraph graph;

    ValidationPass(
            SameDiff sd, TrainingOptions options, TrainingOptions.Validation validation, Objective.Session session) {
        TrainingConfig config = BatchFeed.configOf(sd);
        this.sd = sd;
        this.data = validation.data();
        this.ahead = options.prefetch();
        this.feed = new BatchFeed(sd);
        this.session = session;
        this.listeners = TrainingListeners.of(sd, Operation.TRAINING_VALIDATION, options.listeners());
        this.evaluations = new Evaluations(config.getValidationEvaluations(), config.getValidationEvaluationLabels());
        this.losses = validation.losses().isEmpty() ? List.copyOf(sd.getLossVariables()) : validation.losses();
        Set<String> outputs = new LinkedHashSet<>(losses);
        outputs.addAll(evaluations.variables());
        outputs.addAll(listeners.variables());
        this.graph =
                CompiledGraph.of(sd).outputs(outputs.toArray(String[]::new)).build();
    }

    List<String> losses() {
        return losses;
    }

    Set<String> evaluated() {
        return evaluations.variables();
    }

    ValidationRecord run(int iteration, int epoch) {
        long start = System.nanoTime();
        listeners.forEach(listener -> listener.operationStart(sd, Operation.TRAINING_VALIDATION));
        evaluations.begin();
        Means means = new Means();
        At at = new At(epoch, 0, 0, Thread.currentThread().getId(), null, Operation.TRAINING_VALIDATION);
        try (BatchSource source = BatchSource.of(data, ahead)) {
            while (source.hasNext()) {
                MultiDataSet batch = source.next();
                listeners.forEach(listener -> listener.iterationStart(sd, at, batch, 0));
                CompiledValues values = graph.run(
                        session.prepare(new TrainingBatch(feed.placeholders(batch), iteration, epoch, false)));
                Map<String, Double> loss = new LinkedHashMap<>();
                losses.forEach(name -> loss.put(name, TrainingStep.number(values.output(name))));
                means.add(loss);
                evaluations.add(batch, values);
                listeners.activations(at, batch, values);
                listeners.forEach(listener -> listener.iterationDone(sd, at, batch, null));
                at.setIteration(at.iteration() + 1);
            }
        }
        if (means.count() == 0 && !Thread.currentThread().isInterrupted()) {
            throw new IllegalArgumentException("the validation iterator has no batch, and reset() does not help");
        }
        listeners.forEach(listener -> listener.operationEnd(sd, Operation.TRAINING_VALIDATION));
        return new ValidationRecord(means.get(), evaluations.record(), (System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
        graph.close();
    }
}
