package org.jacreg.training;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jacreg.runtime.CompiledGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.IEvaluation;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Trains a SameDiff graph through the compiled runtime.
 *
 * <pre>{@code
 * TrainingHistory history = RobustTrainer.of(sd)
 *         .epochs(10)
 *         .validation(validationData)
 *         .earlyStopping(EarlyStopping.onLoss().patience(3))
 *         .checkpoint(Checkpointing.to(Path.of("training.zip")))
 *         .build()
 *         .fit(trainingData);
 * }</pre>
 *
 * <p>It follows the graph's {@code TrainingConfig} as {@code sd.fit} does: updater, learning-rate schedules, regularization,
 * {@code minimize}, mappings of data sets, evaluations, listeners, and the graph's penalties with their schedules. The weights
 * that come out are those of {@code sd.fit}, to rounding; its bugs are not copied (docs/nd4j-bugs.md). Iteration and epoch
 * counts and the updaters' state are kept where {@code sd.fit} and {@code sd.save} look for them, so the two may take turns.
 * One difference: if the configuration has another updater than the state that the graph keeps, {@code sd.fit} goes on with the
 * old one; here the new settings hold, with the old state if the updater's class is the same.
 *
 * <p>A step: the objective prepares the batch; losses, penalties and gradients are computed by the weights as they are; all
 * weights are updated. Between two steps the graph is whole.
 *
 * <p>Not thread-safe: one fit, resume or evaluation of an instance at a time, a second one is refused. Nor may anything else
 * use the graph meanwhile; {@link CancellationToken#cancel()} may be called from any thread.
 */
public final class RobustTrainer {

    private final SameDiff sd;
    private final TrainingOptions options;
    private final AtomicReference<String> user = new AtomicReference<>("");

    RobustTrainer(SameDiff sd, TrainingOptions options) {
        this.sd = sd;
        this.options = options;
    }

    /**
     * Starts to configure a trainer.
     *
     * @param sd a graph with a training configuration; training modifies its weights, counters and updater state
     * @return a builder with default options
     */
    public static RobustTrainerBuilder of(SameDiff sd) {
        return new RobustTrainerBuilder(sd);
    }

    /**
     * Trains for the number of epochs. The iterator is read from where it stands, or reset if it is exhausted, and reset
     * between epochs.
     *
     * @param iterator the training data, not modified; used by another thread meanwhile if batches are prefetched
     * @return what was done, also where training was stopped or cancelled
     * @throws NonFiniteLossException if a loss or penalty is infinite or not a number
     * @throws IllegalStateException if the trainer is in use, or the graph has no training configuration, updater or mapping
     * @throws IllegalArgumentException if a listener cannot work here, data and configuration do not agree, the iterator has no
     *     batch or cannot be reset for a second epoch, or no weight influences the loss
     */
    public TrainingHistory fit(DataSetIterator iterator) {
        return fit(new MultiDataSetIteratorAdapter(iterator));
    }

    /**
     * As {@link #fit(DataSetIterator)}.
     *
     * @param iterator the training data
     * @return what was done
     */
    public TrainingHistory fit(MultiDataSetIterator iterator) {
        return alone("fit", () -> TrainingRun.of(sd, options, iterator, false));
    }

    /**
     * Goes on from the checkpoint, or starts from the beginning if there is none yet, up to the number of epochs in all. The
     * result is that of a training without interruption, to the bit on one machine: weights, updater state, counters, history
     * and ND4J's random generator of this thread are put back, and the iterator is brought to its place by the resets that the
     * finished epochs would have made.
     *
     * @param iterator fresh, as it was for {@link #fit(DataSetIterator)}; its order of batches must be a function of its
     *     resets
     * @return what was done, with the epochs before the checkpoint
     * @throws IllegalArgumentException if the file is damaged, or of a graph with other weights or another updater; and as fit
     * @throws IllegalStateException if the trainer writes no checkpoints; and as fit
     */
    public TrainingHistory resume(DataSetIterator iterator) {
        return resume(new MultiDataSetIteratorAdapter(iterator));
    }

    /**
     * As {@link #resume(DataSetIterator)}.
     *
     * @param iterator the training data
     * @return what was done
     */
    public TrainingHistory resume(MultiDataSetIterator iterator) {
        if (options.checkpointing() == null) {
            throw new IllegalStateException("resume from where? Set checkpoint(Checkpointing.to(file))");
        }
        return alone("resume", () -> TrainingRun.of(sd, options, iterator, true));
    }

    /**
     * Evaluates a variable against the first labels. Data reaches the graph by the mappings of the training configuration.
     *
     * @param iterator the data, reset first if it is exhausted
     * @param outputVariable what to evaluate, for example the softmax
     * @param evaluations are added to, batch by batch
     */
    @SuppressWarnings("rawtypes") // as SameDiff.evaluate declares them
    public void evaluate(DataSetIterator iterator, String outputVariable, IEvaluation... evaluations) {
        evaluate(new MultiDataSetIteratorAdapter(iterator), outputVariable, 0, evaluations);
    }

    /**
     * Evaluates a variable against labels.
     *
     * @param iterator the data, reset first if it is exhausted
     * @param outputVariable what to evaluate
     * @param labelIndex which label array of the data sets to compare with
     * @param evaluations are added to, batch by batch
     */
    @SuppressWarnings("rawtypes")
    public void evaluate(
            MultiDataSetIterator iterator, String outputVariable, int labelIndex, IEvaluation... evaluations) {
        if (evaluations.length == 0) {
            throw new IllegalArgumentException("evaluate how? Give at least one evaluation, as new Evaluation()");
        }
        alone("evaluate", () -> {
            BatchFeed feed = new BatchFeed(sd);
            try (CompiledGraph graph =
                            CompiledGraph.of(sd).outputs(outputVariable).build();
                    BatchSource source = BatchSource.of(iterator, options.prefetch())) {
                while (source.hasNext()) {
                    MultiDataSet batch = source.next();
                    Evaluations.evaluate(
                            batch,
                            labelIndex,
                            graph.run(feed.placeholders(batch)).output(outputVariable),
                            List.of(evaluations));
                }
            }
            return evaluations;
        });
    }

    private <T> T alone(String what, Supplier<T> work) {
        String current = what + " in thread " + Thread.currentThread().getName();
        if (!user.compareAndSet("", current)) {
            throw new IllegalStateException("this trainer is in use (" + user.get()
                    + "): one call at a time. Make a trainer, with a graph of its own, for each thread");
        }
        try {
            return work.get();
        } finally {
            user.set("");
        }
    }

    /**
     * The whole configuration.
     *
     * @return all options with their values
     */
    @Override
    public String toString() {
        return "RobustTrainer[" + options + "]";
    }
}
