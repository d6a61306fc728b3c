package org.jacreg.training;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes the checkpoints of a run when they are due, and puts one back. */
final class Checkpoints {

    private final Checkpointing settings;
    private final TrainingConfig config;
    private final WeightUpdates updates;
    private final @Nullable StoppingRule rule;
    private final @Nullable AveragedWeights averages;
    private final Objective.Session session;
    private int epochsAtLast;
    private long nanosAtLast = System.nanoTime();

    Checkpoints(
            Checkpointing settings,
            TrainingConfig config,
            WeightUpdates updates,
            @Nullable StoppingRule rule,
            @Nullable AveragedWeights averages,
            Objective.Session session) {
        this.settings = settings;
        this.config = config;
        this.updates = updates;
        this.rule = rule;
        this.averages = averages;
        this.session = session;
    }

    /** Writes if it is due, or this was the last epoch. */
    void epochDone(List<EpochRecord> epochs, boolean last) {
        Duration since = Duration.ofNanos(System.nanoTime() - nanosAtLast);
        if (last || settings.isDue(epochs.size() - epochsAtLast, since)) {
            write(epochs);
            epochsAtLast = epochs.size();
            nanosAtLast = System.nanoTime();
        }
    }

    private void write(List<EpochRecord> epochs) {
        RandomState random = RandomState.now();
        CheckpointState state = new CheckpointState(
                config.getIterationCount(),
                config.getEpochCount(),
                random,
                String.valueOf(config.getUpdater()),
                List.copyOf(epochs),
                rule == null ? null : rule.state(),
                updates.weights(),
                updates.state(),
                rule == null ? Map.of() : rule.best().copies(),
                averageState(),
                session.state());
        CheckpointFile.write(settings.file(), state);
        // The JSON of ND4J's ROC evaluations, with their areas, draws from the generator.
        random.restore();
    }

    /** Puts the checkpoint back, if there is one; the epochs before it. */
    Optional<List<EpochRecord>> resume() {
        if (!Files.exists(settings.file())) {
            return Optional.empty();
        }
        CheckpointState state = CheckpointFile.read(settings.file());
        requireSame("weights", state.weights(), updates.weights());
        requireSame("updater state, of " + state.updater() + ",", state.updaterState(), updates.state());
        requireSameAverage(state.averages());
        session.resume(state.objective());
        WeightSnapshot.copyAll(state.weights(), updates.weights());
        WeightSnapshot.copyAll(state.updaterState(), updates.state());
        config.setIterationCount(state.iterationCount());
        config.setEpochCount(state.epochCount());
        state.random().restore();
        if (rule != null && state.stopping() != null) {
            rule.continueFrom(state.stopping());
            rule.best().accept(state.best());
        }
        if (averages != null) {
            averages.continueFrom(state.averages());
        }
        epochsAtLast = state.epochs().size();
        return Optional.of(new ArrayList<>(state.epochs()));
    }

    private AveragedWeights.State averageState() {
        return averages == null ? AveragedWeights.State.none() : averages.state();
    }

    private void requireSameAverage(AveragedWeights.State saved) {
        String wanted = averageState().rule();
        if (!wanted.equals(saved.rule())) {
            throw new IllegalArgumentException("the checkpoint " + settings.file() + " is of a training with "
                    + named(saved.rule()) + ", this one has " + named(wanted)
                    + ": set the same weightAverage(...), or start anew with fit()");
        }
        if (!saved.arrays().isEmpty()) {
            requireSame("averages", saved.arrays(), updates.trainedWeights());
        }
    }

    private static String named(String rule) {
        return rule.isEmpty() ? "no weight average" : "the weight average " + rule;
    }

    private void requireSame(String kind, Map<String, INDArray> saved, Map<String, INDArray> live) {
        boolean same = saved.keySet().equals(live.keySet())
                && live.entrySet().stream().allMatch(entry -> sameForm(entry.getValue(), saved.get(entry.getKey())));
        if (!same) {
            throw new IllegalArgumentException("the checkpoint " + settings.file() + " is of another training: its "
                    + kind
                    + " have the shapes " + shapes(saved) + ", those of this graph, trained with " + config.getUpdater()
                    + ", " + shapes(live));
        }
    }

    private static boolean sameForm(INDArray a, @Nullable INDArray b) {
        return b != null && a.equalShapes(b) && a.dataType() == b.dataType();
    }

    private static List<String> shapes(Map<String, INDArray> arrays) {
        return arrays.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().dataType() + " "
                        + Arrays.toString(entry.getValue().shape()))
                .sorted()
                .toList();
    }
}
