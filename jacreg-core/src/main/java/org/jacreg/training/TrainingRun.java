package org.jacreg.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jacreg.training.TrainingHistory.Outcome;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of fit or resume: epochs of steps, what follows each epoch, and the counters of the training configuration. */
final class TrainingRun {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    private final SameDiff sd;
    private final TrainingOptions options;
    private final MultiDataSetIterator data;
    private final TrainingConfig config;
    private final TrainingListeners listeners;
    private final Evaluations evaluations;
    private final TrainingStep step;
    private final @Nullable ValidationPass validation;
    private final @Nullable StoppingRule rule;
    private final @Nullable AveragedWeights averages;
    private final @Nullable Checkpoints checkpoints;
    private List<EpochRecord> epochs = new ArrayList<>();
    private @Nullable LossCurve curve;

    private TrainingRun(
            SameDiff sd,
            TrainingOptions options,
            MultiDataSetIterator data,
            TrainingListeners listeners,
            Evaluations evaluations,
            TrainingStep step,
            @Nullable ValidationPass validation) {
        this.sd = sd;
        this.options = options;
        this.data = data;
        this.config = BatchFeed.configOf(sd);
        this.listeners = listeners;
        this.evaluations = evaluations;
        this.step = step;
        this.validation = validation;
        EarlyStopping stopping = options.earlyStopping();
        this.rule =
                stopping == null || validation == null ? null : new StoppingRule(stopping, step.updates(), validation);
        WeightAverage average = options.average();
        this.averages = average == null ? null : new AveragedWeights(average, step.updates());
        Checkpointing checkpointing = options.checkpointing();
        this.checkpoints = checkpointing == null
                ? null
                : new Checkpoints(checkpointing, config, step.updates(), rule, averages, step.session());
    }

    /** Trains the graph; what the objective has added to it is gone afterwards. */
    static TrainingHistory of(SameDiff sd, TrainingOptions options, MultiDataSetIterator data, boolean resume) {
        if (options.epochs() > 1 && !data.resetSupported()) {
            throw new IllegalArgumentException(
                    options.epochs() + " epochs need an iterator that can be reset; this one supports a single pass");
        }
        TrainingConfig config = BatchFeed.configOf(sd);
        try (Objective.Session session = options.objective().start(sd)) {
            TrainingListeners listeners = TrainingListeners.of(sd, Operation.TRAINING, options.listeners());
            Evaluations evaluations = new Evaluations(config.getTrainEvaluations(), config.getTrainEvaluationLabels());
            TrainingOptions.Validation validation = options.validation();
            try (TrainingStep step = new TrainingStep(sd, session, listeners, evaluations, options.nonFiniteLoss());
                    ValidationPass pass =
                            validation == null ? null : new ValidationPass(sd, options, validation, session)) {
                return new TrainingRun(sd, options, data, listeners, evaluations, step, pass).run(resume);
            }
        }
    }

    private TrainingHistory run(boolean resume) {
        if (averages != null) {
            averages.begin();
        }
        if (resume) {
            takeUp();
        }
        At at = new At(
                config.getEpochCount(),
                config.getIterationCount(),
                0,
                Thread.currentThread().getId(),
                null,
                Operation.TRAINING);
        listeners.forEach(listener -> listener.operationStart(sd, Operation.TRAINING));
        Outcome outcome = epochs(at);
        listeners.forEach(listener -> listener.operationEnd(sd, Operation.TRAINING));
        boolean restored = rule != null && rule.restoreBest(epochs, outcome == Outcome.CANCELLED);
        OptionalInt best = rule == null ? OptionalInt.empty() : rule.bestEpoch();
        boolean averaged = leaveAverages(restored ? best : OptionalInt.empty());
        return new TrainingHistory(
                epochs, outcome, config.getIterationCount(), best, restored, averaged, options.toString());
    }

    /** Whether the graph has averages in the end; after which epoch, if they were put back by early stopping. */
    private boolean leaveAverages(OptionalInt restored) {
        if (averages == null) {
            return false;
        }
        if (restored.isPresent()) {
            return averages.isPresentAfter(restored.getAsInt() + 1);
        }
        averages.leave();
        return averages.isPresent();
    }

    /** Goes to where the checkpoint was written, if there is one: the iterator by resets, as finished epochs make them. */
    private void takeUp() {
        Optional<List<EpochRecord>> done = checkpoints == null ? Optional.empty() : checkpoints.resume();
        if (done.isEmpty()) {
            LOG.info("there is no checkpoint yet: training starts from the beginning");
            return;
        }
        epochs = done.get();
        epochs.forEach(this::extendCurve);
        if (!data.hasNext() && data.resetSupported()) {
            data.reset();
        }
        for (int i = 1; i < epochs.size(); i++) {
            data.reset();
        }
        LOG.info("resuming after {} of {} epochs", epochs.size(), options.epochs());
    }

    private Outcome epochs(At at) {
        for (int i = epochs.size(); i < options.epochs(); i++) {
            if (rule != null && rule.isExhausted()) {
                return Outcome.STOPPED_EARLY;
            }
            if (i > 0) {
                data.reset();
            }
            Optional<Outcome> ended = epoch(i, at);
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        return Outcome.COMPLETED;
    }

    private Optional<Outcome> epoch(int index, At at) {
        at.setEpoch(config.getEpochCount());
        listeners.forEach(listener -> listener.epochStart(sd, at));
        evaluations.begin();
        long start = System.nanoTime();
        TrainingStep.Sums sums = new TrainingStep.Sums();
        if (!steps(index, at, sums)) {
            return Optional.of(Outcome.CANCELLED);
        }
        EpochRecord record = new EpochRecord(
                config.getEpochCount(),
                sums.losses().count(),
                sums.losses().get(),
                sums.regularization().get(),
                sums.penalties().get(),
                step.updates().learningRate(at.iteration(), at.epoch()),
                evaluations.record(),
                Optional.empty(),
                (System.nanoTime() - start) / 1e9);
        if (averages != null) {
            averages.epochDone(index + 1);
        }
        LossCurve soFar = extendCurve(record);
        String stopped =
                listeners.stopping(listener -> listener.epochEnd(sd, at, soFar, (long) (1000 * record.seconds())));
        boolean last = index == options.epochs() - 1;
        EpochRecord validated = record;
        if ((stopped.isEmpty() || last) && isValidated(index)) {
            validated = validate(record, index);
            stopped = validationStopped(validated, at, stopped);
        }
        finish(validated, last || !stopped.isEmpty());
        if (!stopped.isEmpty() && !last) {
            LOG.info("listener {} stopped training after epoch {}", stopped, record.epoch());
            return Optional.of(Outcome.STOPPED_BY_LISTENER);
        }
        return Optional.empty();
    }

    /** Makes the steps of an epoch; false if the run was cancelled meanwhile. */
    private boolean steps(int index, At at, TrainingStep.Sums sums) {
        try (BatchSource source = BatchSource.of(data, options.prefetch())) {
            while (true) {
                long wait = System.nanoTime();
                if (cancelled() || !source.hasNext()) {
                    break;
                }
                MultiDataSet batch = source.next();
                long waited = Duration.ofNanos(System.nanoTime() - wait).toMillis();
                for (int replay = 0; replay < step.replays() && !cancelled(); replay++) {
                    stepWith(batch, index, at, sums, replay == 0 ? waited : 0);
                }
            }
        }
        if (sums.losses().count() == 0 && !cancelled()) {
            throw new IllegalArgumentException(
                    "the iterator has no batch, and reset() does not help: does it have data?");
        }
        return !cancelled();
    }

    private void stepWith(MultiDataSet batch, int index, At at, TrainingStep.Sums sums, long waited) {
        at.setIteration(config.getIterationCount());
        listeners.forEach(listener -> listener.iterationStart(sd, at, batch, waited));
        Map<String, Double> values = step.run(batch, at, sums);
        if (averages != null) {
            averages.stepDone();
        }
        Loss loss = asLoss(values);
        listeners.forEach(listener -> listener.iterationDone(sd, at, batch, loss));
        config.incrementIterationCount();
        report(index, sums, values);
    }

    private boolean cancelled() {
        return options.cancellation().isCancelled() || Thread.currentThread().isInterrupted();
    }

    private void report(int index, TrainingStep.Sums sums, Map<String, Double> values) {
        TrainingProgress progress = options.progress();
        if (progress != null) {
            double loss = 0;
            for (String name : step.lossNames()) {
                loss += values.getOrDefault(name, 0.0);
            }
            progress.stepDone(new TrainingProgress.Step(
                    index + 1, options.epochs(), sums.losses().count(), loss));
        }
    }

    private static Loss asLoss(Map<String, Double> values) {
        return new Loss(
                List.copyOf(values.keySet()),
                values.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    private LossCurve extendCurve(EpochRecord record) {
        Map<String, Double> means = new LinkedHashMap<>(record.losses());
        means.putAll(record.regularization());
        Loss loss = asLoss(means);
        curve = curve == null ? new LossCurve(loss.getLosses(), loss.getLossNames()) : curve.addLossAndCopy(loss);
        return curve;
    }

    private boolean isValidated(int index) {
        TrainingOptions.Validation settings = options.validation();
        return settings != null && index % settings.every() == 0;
    }

    private EpochRecord validate(EpochRecord record, int index) {
        ValidationPass pass = validation;
        if (pass == null) {
            return record;
        }
        // Neither the graph nor a metric (ROC areas draw) changes what training draws afterwards.
        RandomState before = RandomState.now();
        Supplier<ValidationRecord> work = () -> validateWeights(pass, record.epoch(), index);
        ValidationRecord validated = averages == null ? work.get() : averages.whileInPlace(work);
        before.restore();
        return record.validated(validated);
    }

    /** Those that the graph has now: early stopping keeps them if they are the best. */
    private ValidationRecord validateWeights(ValidationPass pass, int epoch, int index) {
        ValidationRecord validated = pass.run(config.getIterationCount(), epoch);
        if (rule != null) {
            rule.accept(validated, index);
        }
        return validated;
    }

    private String validationStopped(EpochRecord record, At at, String before) {
        long millis = (long)
                (1000 * record.validation().map(ValidationRecord::seconds).orElse(0.0));
        String stopped = listeners.stopping(listener -> listener.validationDone(sd, at, millis));
        return stopped.isEmpty() ? before : stopped;
    }

    private void finish(EpochRecord record, boolean last) {
        epochs.add(record);
        config.incrementEpochCount();
        TrainingProgress progress = options.progress();
        if (progress != null) {
            progress.epochDone(record);
        }
        if (checkpoints != null) {
            checkpoints.epochDone(epochs, last || (rule != null && rule.isExhausted()));
        }
    }
}
