package org.jacreg.training;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.records.EvaluationRecord;

/** Where early stopping stands: the best value so far, the weights that gave it, and how long ago that was. */
final class StoppingRule {

    private final EarlyStopping settings;
    private final WeightSnapshot best;
    private double bestValue;
    private int bestEpoch = -1;
    private int stale;

    /** The numbers of a rule, for a checkpoint. */
    record State(double bestValue, int bestEpoch, int stale) {}

    StoppingRule(EarlyStopping settings, WeightUpdates updates, ValidationPass validation) {
        this.settings = settings;
        this.best = new WeightSnapshot(updates::weights);
        this.bestValue = settings.worst();
        requireKnown(settings.variable(), validation);
    }

    private void requireKnown(@Nullable String variable, ValidationPass validation) {
        if (settings.metric() != null) {
            Set<String> evaluated = validation.evaluated();
            if (!evaluated.contains(variable)) {
                throw new IllegalArgumentException("early stopping watches " + settings.metric() + " of '" + variable
                        + "', but the training configuration evaluates " + evaluated
                        + ": add validationEvaluation(\"" + variable + "\", 0, new Evaluation()) to its builder");
            }
        } else if (variable != null && !validation.losses().contains(variable)) {
            throw new IllegalArgumentException("early stopping watches '" + variable
                    + "', but the validation losses are " + validation.losses() + ": name it in validationLosses(...)");
        }
    }

    void accept(ValidationRecord record, int index) {
        double value = value(record);
        if (settings.improves(value, bestValue)) {
            bestValue = value;
            bestEpoch = index;
            stale = 0;
            if (settings.restoreBest()) {
                best.capture();
            }
        } else {
            stale++;
        }
    }

    private double value(ValidationRecord record) {
        if (settings.metric() != null) {
            return metric(record.evaluations());
        }
        if (settings.variable() == null) {
            return record.loss();
        }
        Double loss = record.losses().get(settings.variable());
        return loss == null ? Double.NaN : loss;
    }

    private double metric(EvaluationRecord record) {
        var metric = settings.metric();
        return record.evaluations(settings.variable()).stream()
                .filter(evaluation ->
                        metric != null && metric.getEvaluationClass().isInstance(evaluation))
                .mapToDouble(evaluation -> evaluation.getValue(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no evaluation of '" + settings.variable()
                        + "' in the training configuration has the metric " + metric + "; there are "
                        + record.evaluations(settings.variable()).stream()
                                .map(evaluation -> evaluation.getClass().getSimpleName())
                                .collect(Collectors.toCollection(TreeSet::new))));
    }

    boolean isExhausted() {
        return stale >= settings.patience();
    }

    OptionalInt bestEpoch() {
        return bestEpoch < 0 ? OptionalInt.empty() : OptionalInt.of(bestEpoch);
    }

    /** Puts the best weights back, if that is wanted and the last epoch is not the best one itself. */
    boolean restoreBest(List<EpochRecord> epochs, boolean unfinished) {
        boolean elsewhere = unfinished || bestEpoch != epochs.size() - 1;
        if (!settings.restoreBest() || bestEpoch < 0 || !elsewhere) {
            return false;
        }
        best.restore();
        return true;
    }

    WeightSnapshot best() {
        return best;
    }

    State state() {
        return new State(bestValue, bestEpoch, stale);
    }

    void continueFrom(State state) {
        bestValue = state.bestValue();
        bestEpoch = state.bestEpoch();
        stale = state.stale();
    }
}
