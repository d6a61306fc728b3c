package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.ROCMultiClass;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A run that is cut off and resumed ends, to the bit, where one without interruption ends. */
class CheckpointTest {

    private static final int EPOCHS = 5;

    @TempDir
    private Path directory;

    /** A crash while training. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Path file() {
        return directory.resolve("training.zip");
    }

    /** With evaluations; the random projections draw from ND4J's generator at every step. */
    private static SameDiff graph(Attached penalty) {
        SameDiff sd = Twins.mlp(
                new Adam(0.01),
                config -> config.l2(0.01)
                        .trainEvaluation(SmallNets.LOGITS, 0, new Evaluation())
                        .validationEvaluation("probabilities", 0, new Evaluation(), new ROCMultiClass()));
        sd.nn().softmax("probabilities", sd.getVariable(SmallNets.LOGITS));
        penalty.to(sd);
        return sd;
    }

    private RobustTrainerBuilder trainer(SameDiff sd) {
        return RobustTrainer.of(sd)
                .epochs(EPOCHS)
                .validation(Twins.batches())
                .validationLosses(SmallNets.LOSS)
                .earlyStopping(EarlyStopping.onLoss().patience(2).minDelta(0.2))
                .checkpoint(Checkpointing.to(file()));
    }

    static List<Attached> penalties() {
        return Attached.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void aResumedRunEndsWhereAnUninterruptedOneDoes(Attached penalty) throws IOException {
        SameDiff expected = graph(penalty);
        Nd4j.getRandom().setSeed(Twins.SEED);
        TrainingHistory uninterrupted = trainer(expected).build().fit(new Reshuffled());
        Files.delete(file());

        SameDiff crashed = graph(penalty);
        Nd4j.getRandom().setSeed(Twins.SEED);
        assertThatThrownBy(() -> trainer(crashed).progress(crashIn(2)).build().fit(new Reshuffled()))
                .isInstanceOf(Crash.class);
        Nd4j.getRandom().setSeed(1);

        SameDiff resumed = graph(penalty);
        TrainingHistory history = trainer(resumed).build().resume(new Reshuffled());
        Twins.assertAlike(resumed, expected, 0);
        assertSame(history, uninterrupted);
    }

    private static TrainingProgress crashIn(int epoch) {
        return step -> {
            if (step.epoch() == epoch + 1 && step.step() == 2) {
                throw new Crash();
            }
        };
    }

    private static void assertSame(TrainingHistory actual, TrainingHistory expected) {
        assertThat(actual.outcome()).isEqualTo(expected.outcome());
        assertThat(actual.bestEpoch()).isEqualTo(expected.bestEpoch());
        assertThat(actual.restoredBest()).isEqualTo(expected.restoredBest());
        assertThat(actual.iterations()).isEqualTo(expected.iterations());
        assertThat(actual.epochs()).hasSameSizeAs(expected.epochs());
        for (int i = 0; i < actual.epochs().size(); i++) {
            EpochRecord a = actual.epochs().get(i);
            EpochRecord b = expected.epochs().get(i);
            assertThat(a.losses()).isEqualTo(b.losses());
            assertThat(a.penalties()).isEqualTo(b.penalties()).isNotEmpty();
            assertThat(a.regularization()).isEqualTo(b.regularization()).isNotEmpty();
            assertThat(a.learningRate()).isEqualTo(b.learningRate());
            assertThat(a.evaluations().evaluations()).isEqualTo(b.evaluations().evaluations());
            ValidationRecord u = a.validation().orElseThrow();
            ValidationRecord v = b.validation().orElseThrow();
            assertThat(u.losses()).isEqualTo(v.losses());
            assertThat(u.evaluations().getValue("probabilities", Evaluation.Metric.ACCURACY))
                    .isEqualTo(v.evaluations().getValue("probabilities", Evaluation.Metric.ACCURACY));
            assertThat(u.evaluations().getValue("probabilities", ROCMultiClass.Metric.AUROC))
                    .isEqualTo(v.evaluations().getValue("probabilities", ROCMultiClass.Metric.AUROC));
        }
    }

    /** Deals the samples in an order that depends on the number of resets. */
    private static final class Reshuffled extends ViewIterator {
        private static final long serialVersionUID = 1L;

        private int resets;
        private ViewIterator current = dealt(0);

        Reshuffled() {
            super(SmallNets.batch(DataType.DOUBLE, 5, 10), 4);
        }

        private static ViewIterator dealt(int resets) {
            return new ViewIterator(SmallNets.batch(DataType.DOUBLE, 5 + resets, 10), 4);
        }

        @Override
        public boolean hasNext() {
            return current.hasNext();
        }

        @Override
        public DataSet next() {
            return current.next();
        }

        @Override
        public void reset() {
            resets++;
            current = dealt(resets);
        }
    }

    @Test
    void aFinishedRunIsOnlyReportedAndMoreEpochsContinueIt() {
        Attached penalty = Attached.all().get(0);
        SameDiff sd = graph(penalty);
        TrainingHistory first = RobustTrainer.of(sd)
                .epochs(3)
                .checkpoint(Checkpointing.to(file()))
                .build()
                .fit(Twins.batches());
        SameDiff again = graph(penalty);
        List<Integer> steps = new ArrayList<>();
        TrainingHistory same = RobustTrainer.of(again)
                .epochs(3)
                .progress(step -> steps.add(step.epoch()))
                .checkpoint(Checkpointing.to(file()))
                .build()
                .resume(Twins.batches());
        assertThat(steps).isEmpty();
        assertThat(same.losses()).isEqualTo(first.losses());
        Twins.assertAlike(again, sd, 0);
        TrainingHistory more = RobustTrainer.of(again)
                .epochs(4)
                .progress(step -> steps.add(step.epoch()))
                .checkpoint(Checkpointing.to(file()))
                .build()
                .resume(Twins.batches());
        assertThat(steps).containsExactly(4, 4, 4);
        assertThat(more.epochs()).hasSize(4);
    }

    @Test
    void resumeWithoutAFileStartsFromTheBeginning() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(2)
                .checkpoint(Checkpointing.to(file()))
                .build()
                .resume(Twins.batches());
        assertThat(history.epochs()).hasSize(2);
        assertThat(file()).exists();
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().resume(Twins.batches()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("checkpoint");
    }

    /** Counts the steps of a training, over all its runs. */
    private static final class Counting implements Objective {

        private double steps;

        @Override
        public Session start(SameDiff graph) {
            steps = 0;
            return new Session() {
                @Override
                public Map<String, INDArray> prepare(TrainingBatch batch) {
                    steps++;
                    return batch.placeholders();
                }

                @Override
                public Map<String, INDArray> state() {
                    return Map.of("steps", Nd4j.scalar(steps));
                }

                @Override
                public void resume(Map<String, INDArray> saved) {
                    steps = Objects.requireNonNull(saved.get("steps")).getDouble(0);
                }
            };
        }
    }

    @Test
    void whatAnObjectiveCarriesIsKept() {
        Counting first = new Counting();
        carried(Twins.mlp(new Sgd(0.1)), first, 2).fit(Twins.batches());
        assertThat(first.steps).isEqualTo(6);
        Counting second = new Counting();
        SameDiff resumed = Twins.mlp(new Sgd(0.1));
        carried(resumed, second, 3).resume(Twins.batches());
        assertThat(second.steps).isEqualTo(9);
        SameDiff other = Twins.mlp(new Sgd(0.1));
        var before = Twins.weights(other);
        assertThatThrownBy(() -> carried(other, Objective.lossVariables(), 4).resume(Twins.batches()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another objective carries from step to step, [steps]");
        assertThat(Twins.weights(other)).isEqualTo(before);
    }

    private RobustTrainer carried(SameDiff sd, Objective objective, int epochs) {
        return RobustTrainer.of(sd)
                .epochs(epochs)
                .objective(objective)
                .checkpoint(Checkpointing.to(file()))
                .build();
    }

    @Test
    void checkpointsAreWrittenWhenDue() throws IOException {
        assertThat(epochsWithACheckpoint(c -> c.everyEpochs(2))).containsExactly(2, 4, 5);
        assertThat(epochsWithACheckpoint(c -> c.every(Duration.ofDays(1)))).containsExactly(5);
        assertThat(epochsWithACheckpoint(c -> c.every(Duration.ofNanos(1)))).containsExactly(1, 2, 3, 4, 5);
        assertThat(Files.list(directory)).as("no temporary file is left").containsExactly(file());
    }

    private List<Integer> epochsWithACheckpoint(UnaryOperator<Checkpointing> settings) throws IOException {
        Files.deleteIfExists(file());
        List<Integer> result = new ArrayList<>();
        RobustTrainer.of(Twins.mlp(new Sgd(0.1)))
                .epochs(EPOCHS)
                .progress(step -> {
                    if (file().toFile().delete()) {
                        result.add(step.epoch() - 1);
                    }
                })
                .checkpoint(settings.apply(Checkpointing.to(file())))
                .build()
                .fit(Twins.batches());
        if (Files.exists(file())) {
            result.add(EPOCHS);
        }
        return result;
    }

    @Test
    void damagedAndForeignFilesAreRefusedBeforeAnythingChanges() throws IOException {
        SameDiff sd = Twins.mlp(new Nesterovs(0.1, 0.9));
        RobustTrainer trainer = RobustTrainer.of(sd)
                .epochs(2)
                .checkpoint(Checkpointing.to(file()))
                .build();
        trainer.fit(Twins.batches());
        SameDiff other = Twins.mlp(new Adam(0.1));
        var before = Twins.weights(other);
        assertThatThrownBy(() -> resume(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another training")
                .hasMessageContaining("Nesterovs")
                .hasMessageContaining("Adam");
        SameDiff wider =
                Twins.configured(SmallNets.mlp(DataType.DOUBLE, 7, 4, 6, 3), new Nesterovs(0.1, 0.9), config -> {});
        assertThatThrownBy(() -> resume(wider)).hasMessageContaining("W1 DOUBLE [4, 6]");
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> resume(other)).hasMessageContaining("damaged");
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        Files.write(file(), flipped);
        assertThatThrownBy(() -> resume(other)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Twins.weights(other)).isEqualTo(before);
        assertThat(other.getTrainingConfig().getIterationCount()).isZero();
    }

    private void resume(SameDiff sd) {
        RobustTrainer.of(sd)
                .epochs(3)
                .checkpoint(Checkpointing.to(file()))
                .build()
                .resume(Twins.batches());
    }
}
