package org.jacreg.training;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdaBeliefUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * The updaters of a graph's weights, kept where SameDiff keeps them: {@code sd.save(file, true)} saves their state, and
 * {@code sd.fit} goes on with it.
 */
final class UpdaterStates {

    private UpdaterStates() {}

    /**
     * An updater for each weight, by the training configuration. State that the graph has is gone on with, also by an updater
     * of the same class and other settings; an updater of another class starts anew.
     *
     * @param weights those whose updaters are wanted; the others get theirs as well
     */
    static Map<String, GradientUpdater<?>> of(SameDiff sd, List<String> weights) {
        IUpdater wanted = BatchFeed.configOf(sd).getUpdater();
        if (wanted == null) {
            throw new IllegalStateException("the training configuration has no updater: set updater(new Adam(1e-3))");
        }
        if (!sd.isInitializedTraining()) {
            initialize(sd, wanted);
        }
        @SuppressWarnings("rawtypes") // as SameDiff declares it
        Map<String, GradientUpdater> kept = sd.getUpdaterMap();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()) {
                GradientUpdater<?> present = kept.get(variable.name());
                if (present == null || !wanted.equals(present.getConfig())) {
                    kept.put(variable.name(), create(wanted, variable.getArr(), present));
                }
            }
        }
        Map<String, GradientUpdater<?>> updaters = new LinkedHashMap<>();
        weights.forEach(weight -> updaters.put(weight, Objects.requireNonNull(kept.get(weight), weight)));
        return updaters;
    }

    private static GradientUpdater<?> create(IUpdater config, INDArray weight, @Nullable GradientUpdater<?> before) {
        GradientUpdater<?> updater = config instanceof AdaBelief ? ofAdaBelief(config, weight) : ofView(config, weight);
        if (before != null && before.getClass() == updater.getClass()) {
            Map<String, INDArray> state = before.getState();
            updater.getState().forEach((key, array) -> array.assign(Objects.requireNonNull(state.get(key), key)));
        }
        return updater;
    }

    private static GradientUpdater<?> ofView(IUpdater config, INDArray weight) {
        long size = config.stateSize(weight.length());
        INDArray view = size == 0 ? null : Nd4j.createUninitialized(weight.dataType(), 1, size);
        GradientUpdater<?> updater = config.instantiate(view, false);
        updater.setStateViewArray(view, weight.shape(), weight.ordering(), true);
        return updater;
    }

    /** Its instantiation from one array, which SameDiff calls, fails in ND4J 1.0.0-M2.1: "Index 1 out of bounds". */
    private static GradientUpdater<?> ofAdaBelief(IUpdater config, INDArray weight) {
        Map<String, INDArray> state = new HashMap<>();
        state.put(AdaBeliefUpdater.M_STATE, Nd4j.zeros(weight.dataType(), weight.shape()));
        state.put(AdaBeliefUpdater.S_STATE, Nd4j.zeros(weight.dataType(), weight.shape()));
        return config.instantiate(state, false);
    }

    /** The arrays of the updaters' state, by weight and key. */
    static Map<String, INDArray> arrays(Map<String, GradientUpdater<?>> updaters) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        updaters.forEach(
                (weight, updater) -> updater.getState().forEach((key, array) -> arrays.put(weight + "/" + key, array)));
        return arrays;
    }

    /**
     * Has SameDiff create its updaters. Only {@code fit} does that, right before its first step; a listener ends it there.
     * The user's listeners do not see it.
     */
    private static void initialize(SameDiff sd, IUpdater wanted) {
        List<Listener> listeners = List.copyOf(sd.getListeners());
        sd.setListeners(List.of());
        if (wanted instanceof AdaBelief) {
            sd.getTrainingConfig().setUpdater(new NoOp());
        }
        try {
            sd.fit(emptyBatch(new BatchFeed(sd).counts()), new StopOnceInitialized(sd));
            throw new IllegalStateException("SameDiff's fit went on without asking its listener");
        } catch (Initialized expected) {
            // The updaters are there, and nothing else has happened.
        } finally {
            sd.setListeners(listeners);
            sd.getTrainingConfig().setUpdater(wanted);
        }
    }

    private static MultiDataSet emptyBatch(int[] counts) {
        return new MultiDataSet(arrays(counts[0]), arrays(counts[1]), arrays(counts[2]), arrays(counts[3]));
    }

    private static INDArray @Nullable [] arrays(int count) {
        INDArray[] arrays = new INDArray[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Nd4j.create(1, 1);
        }
        return count == 0 ? null : arrays;
    }

    private static final class StopOnceInitialized extends BaseListener {
        private final SameDiff sd;

        StopOnceInitialized(SameDiff sd) {
            this.sd = sd;
        }

        @Override
        public boolean isActive(Operation operation) {
            if (sd.isInitializedTraining()) {
                throw new Initialized();
            }
            return false;
        }
    }

    private static final class Initialized extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Initialized() {
            super("updaters are initialized", null, false, false);
        }
    }
}
