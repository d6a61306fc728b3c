package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Averages against arithmetic over the weights that a progress listener has copied. */
class WeightAverageTest {

    /** Sums of ten weights at most, in float64. */
    private static final double ROUNDING = 1e-14;

    private static final IUpdater UPDATER = new Adam(0.05);

    @TempDir
    private Path directory;

    /** Copies the weights after every step and epoch. */
    private static final class Recorder implements TrainingProgress {
        private final SameDiff sd;
        private final List<Map<String, INDArray>> steps = new ArrayList<>();
        private final List<Map<String, INDArray>> epochs = new ArrayList<>();

        Recorder(SameDiff sd) {
            this.sd = sd;
        }

        @Override
        public void stepDone(Step step) {
            steps.add(Twins.weights(sd));
        }

        @Override
        public void epochDone(EpochRecord epoch) {
            epochs.add(Twins.weights(sd));
        }
    }

    private static TrainingHistory train(SameDiff sd, TrainingProgress progress, WeightAverage average) {
        return RobustTrainer.of(sd)
                .epochs(5)
                .weightAverage(average)
                .progress(progress)
                .validation(Twins.batches())
                .build()
                .fit(Twins.batches());
    }

    private static Map<String, INDArray> mean(List<Map<String, INDArray>> of) {
        Map<String, INDArray> means = new LinkedHashMap<>();
        for (String name : of.get(0).keySet()) {
            INDArray sum = of.get(0).get(name).dup();
            of.subList(1, of.size()).forEach(weights -> sum.addi(weights.get(name)));
            means.put(name, sum.div(of.size()));
        }
        return means;
    }

    private static SameDiff untouched() {
        return Twins.mlp(UPDATER);
    }

    @Test
    void theMeanOverEpochsIsLeftInTheGraph() {
        SameDiff sd = untouched();
        Recorder recorder = new Recorder(sd);
        TrainingHistory history = train(sd, recorder, WeightAverage.swa(2));
        Twins.assertClose(Twins.weights(sd), mean(recorder.epochs.subList(1, 5)), ROUNDING);
        assertThat(history.averaged()).isTrue();
        assertThat(history.configuration()).contains("weightAverage=Swa[fromEpoch=2, every=1]");

        SameDiff other = untouched();
        Recorder sparse = new Recorder(other);
        train(other, sparse, WeightAverage.swa(1).every(2));
        Twins.assertClose(
                Twins.weights(other),
                mean(List.of(sparse.epochs.get(0), sparse.epochs.get(2), sparse.epochs.get(4))),
                ROUNDING);
    }

    @Test
    void theMovingAverageFollowsEveryStepFromTheFirstWeights() {
        SameDiff sd = untouched();
        Map<String, INDArray> expected = Twins.weights(sd);
        Recorder recorder = new Recorder(sd);
        train(sd, recorder, WeightAverage.ema(0.8));
        assertThat(recorder.steps).hasSize(15);
        for (Map<String, INDArray> weights : recorder.steps) {
            expected.replaceAll(
                    (name, average) -> average.mul(0.8).add(weights.get(name).mul(0.2)));
        }
        Twins.assertClose(Twins.weights(sd), expected, ROUNDING);
    }

    /** Averages do not lead training astray: its own weights are those of a training without them, to the bit. */
    @Test
    void trainingGoesOnWithItsOwnWeights() {
        SameDiff plain = untouched();
        Recorder expected = new Recorder(plain);
        RobustTrainer.of(plain).epochs(5).progress(expected).build().fit(Twins.batches());
        for (WeightAverage average : List.of(WeightAverage.swa(1), WeightAverage.ema(0.9))) {
            SameDiff sd = untouched();
            Recorder recorder = new Recorder(sd);
            train(sd, recorder, average);
            assertThat(recorder.steps).isEqualTo(expected.steps);
            assertThat(recorder.epochs).isEqualTo(expected.epochs);
            assertThat(Twins.weights(sd)).isNotEqualTo(expected.epochs.get(4));
        }
    }

    @Test
    void validationSeesTheAverages() {
        SameDiff sd = untouched();
        Recorder recorder = new Recorder(sd);
        TrainingHistory history = train(sd, recorder, WeightAverage.swa(2));
        for (int epoch = 0; epoch < 5; epoch++) {
            // Before the second epoch there is no average.
            Map<String, INDArray> weights =
                    epoch == 0 ? recorder.epochs.get(0) : mean(recorder.epochs.subList(1, epoch + 1));
            double loss = history.epochs()
                    .get(epoch)
                    .validation()
                    .orElseThrow()
                    .losses()
                    .get(SmallNets.LOSS);
            assertThat(loss).isCloseTo(lossAt(weights), org.assertj.core.data.Offset.offset(1e-12));
        }
        assertThat(history.last().validation().orElseThrow().loss())
                .as("the last weights have another loss")
                .isNotCloseTo(lossAt(recorder.epochs.get(4)), org.assertj.core.data.Offset.offset(1e-6));
    }

    private static double lossAt(Map<String, INDArray> weights) {
        SameDiff sd = untouched();
        weights.forEach((name, array) -> sd.getVariable(name).getArr().assign(array));
        double sum = 0;
        var data = Twins.batches();
        while (data.hasNext()) {
            var batch = data.next();
            sum += sd.output(
                            Map.of(SmallNets.INPUT, batch.getFeatures(), SmallNets.LABEL, batch.getLabels()),
                            SmallNets.LOSS)
                    .get(SmallNets.LOSS)
                    .getDouble(0);
        }
        return sum / 3;
    }

    @Test
    void earlyStoppingKeepsTheAveragesThatItValidated() {
        // Steps far too long: validation gets worse at some time, and the best average is not the last one.
        SameDiff sd = Twins.mlp(new Sgd(6));
        Recorder recorder = new Recorder(sd);
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(12)
                .weightAverage(WeightAverage.ema(0.5))
                .progress(recorder)
                .validation(new ViewIterator(SmallNets.batch(DataType.DOUBLE, 90, 6), 6))
                .earlyStopping(EarlyStopping.onLoss().patience(4))
                .build()
                .fit(Twins.batches());
        assertThat(history.restoredBest()).isTrue();
        assertThat(history.averaged()).isTrue();
        Map<String, INDArray> expected = Twins.weights(Twins.mlp(new Sgd(6)));
        for (Map<String, INDArray> weights :
                recorder.steps.subList(0, 3 * (history.bestEpoch().orElseThrow() + 1))) {
            expected.replaceAll(
                    (name, average) -> average.mul(0.5).add(weights.get(name).mul(0.5)));
        }
        Twins.assertClose(Twins.weights(sd), expected, 1e-12);
    }

    private RobustTrainerBuilder checkpointed(SameDiff sd, WeightAverage average) {
        return RobustTrainer.of(sd)
                .epochs(5)
                .weightAverage(average)
                .validation(Twins.batches())
                .checkpoint(Checkpointing.to(directory.resolve("run.zip")));
    }

    @Test
    void aResumedRunHasTheSameAveragesToTheBit() throws Exception {
        for (WeightAverage average : List.of(WeightAverage.swa(2), WeightAverage.swa(4), WeightAverage.ema(0.7))) {
            SameDiff expected = untouched();
            TrainingHistory whole = checkpointed(expected, average).build().fit(Twins.batches());
            Files.delete(directory.resolve("run.zip"));
            SameDiff crashed = untouched();
            AtomicInteger steps = new AtomicInteger();
            assertThatThrownBy(() -> checkpointed(crashed, average)
                            .progress(step -> {
                                if (steps.incrementAndGet() == 11) {
                                    throw new IllegalStateException("crash");
                                }
                            })
                            .build()
                            .fit(Twins.batches()))
                    .hasMessage("crash");
            SameDiff resumed = untouched();
            TrainingHistory rest = checkpointed(resumed, average).build().resume(Twins.batches());
            Twins.assertAlike(resumed, expected, 0);
            assertThat(rest.last().validation().orElseThrow().losses())
                    .isEqualTo(whole.last().validation().orElseThrow().losses());
            // A finished run is put back with its averages, too.
            SameDiff again = untouched();
            checkpointed(again, average).build().resume(Twins.batches());
            Twins.assertAlike(again, expected, 0);
            Files.delete(directory.resolve("run.zip"));
        }
    }

    @Test
    void aCheckpointOfAnotherAverageIsRefused() {
        SameDiff sd = untouched();
        checkpointed(sd, WeightAverage.ema(0.7)).build().fit(Twins.batches());
        SameDiff other = untouched();
        Map<String, INDArray> before = Twins.weights(other);
        assertThatThrownBy(
                        () -> checkpointed(other, WeightAverage.swa(2)).build().resume(Twins.batches()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Ema[decay=0.7]")
                .hasMessageContaining("Swa[fromEpoch=2, every=1]");
        assertThatThrownBy(() -> RobustTrainer.of(other)
                        .checkpoint(Checkpointing.to(directory.resolve("run.zip")))
                        .build()
                        .resume(Twins.batches()))
                .hasMessageContaining("no weight average");
        assertThat(Twins.weights(other)).isEqualTo(before);
    }

    @Test
    void aCancelledRunLeavesTheAveragesOfWhatWasDone() {
        SameDiff sd = untouched();
        Recorder recorder = new Recorder(sd);
        CancellationToken token = new CancellationToken();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(5)
                .weightAverage(WeightAverage.swa(1))
                .progress(new TrainingProgress() {
                    @Override
                    public void stepDone(Step step) {
                        if (step.epoch() == 3) {
                            token.cancel();
                        }
                    }

                    @Override
                    public void epochDone(EpochRecord epoch) {
                        recorder.epochDone(epoch);
                    }
                })
                .cancellation(token)
                .build()
                .fit(Twins.batches());
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.CANCELLED);
        Twins.assertClose(Twins.weights(sd), mean(recorder.epochs), ROUNDING);
        assertThat(recorder.epochs).hasSize(2);
    }

    @Test
    void anAverageThatNeverBeginsChangesNothing() {
        SameDiff plain = untouched();
        RobustTrainer.of(plain).epochs(5).build().fit(Twins.batches());
        SameDiff sd = untouched();
        TrainingHistory history = train(sd, step -> {}, WeightAverage.swa(6));
        assertThat(history.averaged()).isFalse();
        Twins.assertAlike(sd, plain, 0);
    }

    /** Weights that do not train are no part of the average, and stay as they are. */
    @Test
    void unusedWeightsStay() {
        SameDiff sd = untouched();
        INDArray unused = Nd4j.createFromArray(1.0, 2.0);
        sd.var("unused", unused);
        train(sd, step -> {}, WeightAverage.ema(0.5));
        assertThat(sd.getVariable("unused").getArr()).isEqualTo(Nd4j.createFromArray(1.0, 2.0));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> WeightAverage.swa(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> WeightAverage.swa(1).every(0)).hasMessageContaining("every");
        for (double decay : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> WeightAverage.ema(decay))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("" + decay);
        }
    }
}
