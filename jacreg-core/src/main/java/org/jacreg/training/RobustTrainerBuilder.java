package org.jacreg.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Collects the options of a {@link RobustTrainer}. */
public final class RobustTrainerBuilder {

    private final SameDiff sd;
    private int epochs = 1;
    private Objective objective = Objective.lossVariables();
    private @Nullable MultiDataSetIterator validation;
    private String validationName = "";
    private int validateEvery = 1;
    private List<String> validationLosses = List.of();
    private @Nullable EarlyStopping earlyStopping;
    private @Nullable Checkpointing checkpointing;
    private @Nullable WeightAverage average;
    private final List<Listener> listeners = new ArrayList<>();
    private @Nullable TrainingProgress progress;
    private CancellationToken cancellation = new CancellationToken();
    private int prefetch = 1;
    private NonFiniteLoss nonFiniteLoss = NonFiniteLoss.STOP;

    RobustTrainerBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * How many passes over the data a call of fit makes.
     *
     * @param count at least 1, by default 1
     * @return this builder
     */
    public RobustTrainerBuilder epochs(int count) {
        epochs = count;
        return this;
    }

    /**
     * What the steps minimise.
     *
     * @param minimised by default {@link Objective#lossVariables()}
     * @return this builder
     */
    public RobustTrainerBuilder objective(Objective minimised) {
        objective = minimised;
        return this;
    }

    /**
     * Data to validate on after epochs: by the validation losses, and by the {@code validationEvaluation}s of the training
     * configuration.
     *
     * @param iterator read from where it stands, and reset when it is exhausted
     * @return this builder
     */
    public RobustTrainerBuilder validation(DataSetIterator iterator) {
        validation = new MultiDataSetIteratorAdapter(iterator);
        validationName = iterator.getClass().getSimpleName();
        return this;
    }

    /**
     * As {@link #validation(DataSetIterator)}.
     *
     * @param iterator read from where it stands, and reset when it is exhausted
     * @return this builder
     */
    public RobustTrainerBuilder validation(MultiDataSetIterator iterator) {
        validation = iterator;
        validationName = iterator.getClass().getSimpleName();
        return this;
    }

    /**
     * Validates after the first epoch and after every so many, as {@code sd.fit} does.
     *
     * @param epochsBetween at least 1, by default 1
     * @return this builder
     */
    public RobustTrainerBuilder validateEvery(int epochsBetween) {
        validateEvery = epochsBetween;
        return this;
    }

    /**
     * Which losses are computed in validation.
     *
     * @param variables by default the loss variables of the graph, which hold the Jacobian penalties if there are any; name
     *     the loss without penalties to spare their cost
     * @return this builder
     */
    public RobustTrainerBuilder validationLosses(String... variables) {
        validationLosses = List.of(variables);
        return this;
    }

    /**
     * Stops when validation no longer improves.
     *
     * @param settings by default there is none; needs {@link #validation}
     * @return this builder
     */
    public RobustTrainerBuilder earlyStopping(EarlyStopping settings) {
        earlyStopping = settings;
        return this;
    }

    /**
     * Writes checkpoints.
     *
     * @param settings by default none are written
     * @return this builder
     */
    public RobustTrainerBuilder checkpoint(Checkpointing settings) {
        checkpointing = settings;
        return this;
    }

    /**
     * Averages the weights along training. The averages are what is validated and what the graph has in the end.
     *
     * @param settings by default none: the graph has the weights of the last step, or of the best validation
     * @return this builder
     */
    public RobustTrainerBuilder weightAverage(WeightAverage settings) {
        average = settings;
        return this;
    }

    /**
     * Adds listeners to those of the graph. They are called as by {@code sd.fit}, but for {@code preOpExecution} and {@code
     * opExecution}, which there is nobody to call: a listener that implements one of these is refused when training starts.
     * {@code activationAvailable} is called for the variables that {@code requiredVariables} names.
     *
     * @param more called in this order
     * @return this builder
     */
    public RobustTrainerBuilder listeners(Listener... more) {
        listeners.addAll(Arrays.asList(more));
        return this;
    }

    /**
     * Is told of every step and epoch.
     *
     * @param listener by default none
     * @return this builder
     */
    public RobustTrainerBuilder progress(TrainingProgress listener) {
        progress = listener;
        return this;
    }

    /**
     * Can stop training between two steps. So can an interrupt of the training thread.
     *
     * @param token by default one that nobody has
     * @return this builder
     */
    public RobustTrainerBuilder cancellation(CancellationToken token) {
        cancellation = token;
        return this;
    }

    /**
     * How many batches are fetched from the iterator beside the step, by a daemon thread; one more may be in the making. Where
     * {@code asyncSupported()} of the iterator is false, none are: the iterator is asynchronous itself, or its batches depend
     * on the weights. An iterator that draws from {@code Nd4j.getRandom()} draws from that thread's own generator, as in
     * {@code sd.fit}: give it a seed of its own, or prefetch nothing.
     *
     * @param batches by default 1; 0 for none
     * @return this builder
     */
    public RobustTrainerBuilder prefetch(int batches) {
        prefetch = batches;
        return this;
    }

    /**
     * Where the graph is left if a loss or penalty is not finite; training ends with a {@link NonFiniteLossException} in any
     * case.
     *
     * @param action by default {@link NonFiniteLoss#STOP}
     * @return this builder
     */
    public RobustTrainerBuilder onNonFiniteLoss(NonFiniteLoss action) {
        nonFiniteLoss = action;
        return this;
    }

    /**
     * Checks the options.
     *
     * @return a trainer
     * @throws IllegalArgumentException if an option is out of its range, or early stopping has no validation data
     */
    public RobustTrainer build() {
        TrainingOptions.Validation settings = validation == null
                ? null
                : new TrainingOptions.Validation(validation, validationName, validateEvery, validationLosses);
        return new RobustTrainer(
                sd,
                new TrainingOptions(
                        epochs,
                        objective,
                        settings,
                        earlyStopping,
                        checkpointing,
                        average,
                        listeners,
                        progress,
                        cancellation,
                        prefetch,
                        nonFiniteLoss));
    }
}
