package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Validation, early stopping, cancellation and losses that are not finite. */
class StoppingTest {

    /** Large steps on few samples: the validation loss falls and then rises. */
    private static SameDiff overfitting() {
        return Twins.mlp(new Sgd(2.0), config -> config.validationEvaluation(SmallNets.LOGITS, 0, new Evaluation()));
    }

    private static ViewIterator unseen() {
        return new ViewIterator(SmallNets.batch(DataType.DOUBLE, 99, 9), 4);
    }

    @Test
    void stopsAfterThePatienceAndRestoresTheBestWeights() {
        SameDiff sd = overfitting();
        List<Map<String, INDArray>> weights = new ArrayList<>();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(50)
                .validation(unseen())
                .earlyStopping(EarlyStopping.onLoss().patience(3))
                .progress(afterEpochs(() -> weights.add(Twins.weights(sd))))
                .build()
                .fit(Twins.batches());
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.STOPPED_EARLY);
        int best = history.bestEpoch().orElseThrow();
        assertThat(history.epochs()).hasSize(best + 4);
        List<Double> losses = validationLosses(history);
        assertThat(losses.get(best))
                .isEqualTo(losses.stream().min(Double::compare).orElseThrow());
        assertThat(history.restoredBest()).isTrue();
        Twins.assertClose(Twins.weights(sd), weights.get(best), 0);
        assertThat(Twins.weights(sd)).isNotEqualTo(weights.get(best + 1));
    }

    @Test
    void theLastWeightsAreKeptOnRequest() {
        SameDiff sd = overfitting();
        List<Map<String, INDArray>> weights = new ArrayList<>();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(50)
                .validation(unseen())
                .earlyStopping(EarlyStopping.onLoss(SmallNets.LOSS).patience(2).restoreBest(false))
                .progress(afterEpochs(() -> weights.add(Twins.weights(sd))))
                .build()
                .fit(Twins.batches());
        assertThat(history.restoredBest()).isFalse();
        Twins.assertClose(Twins.weights(sd), weights.get(weights.size() - 1), 0);
    }

    @Test
    void metricsThatAreToBeLargeAreWatchedAsWell() {
        SameDiff sd = overfitting();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(50)
                .validation(unseen())
                .earlyStopping(EarlyStopping.onMetric(SmallNets.LOGITS, Evaluation.Metric.ACCURACY)
                        .patience(3)
                        .minDelta(0.01))
                .build()
                .fit(Twins.batches());
        double best = accuracy(history.epochs().get(history.bestEpoch().orElseThrow()));
        assertThat(history.epochs())
                .allSatisfy(epoch -> assertThat(accuracy(epoch)).isLessThanOrEqualTo(best + 0.01));
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.STOPPED_EARLY);
        Evaluation restored = new Evaluation();
        RobustTrainer.of(sd).build().evaluate(unseen(), SmallNets.LOGITS, restored);
        assertThat(restored.accuracy()).isEqualTo(best);
    }

    private static double accuracy(EpochRecord epoch) {
        return epoch.validation().orElseThrow().evaluations().getValue(SmallNets.LOGITS, Evaluation.Metric.ACCURACY);
    }

    private static List<Double> validationLosses(TrainingHistory history) {
        return history.epochs().stream()
                .map(epoch -> epoch.validation().orElseThrow().loss())
                .toList();
    }

    private static TrainingProgress afterEpochs(Runnable look) {
        return new TrainingProgress() {
            @Override
            public void stepDone(Step step) {}

            @Override
            public void epochDone(EpochRecord epoch) {
                look.run();
            }
        };
    }

    @Test
    void whatCannotBeWatchedIsRefused() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        assertThatThrownBy(() -> RobustTrainer.of(sd)
                        .earlyStopping(EarlyStopping.onLoss())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("validation(iterator)");
        assertThatThrownBy(() -> watch(sd, EarlyStopping.onLoss("nothing")))
                .hasMessageContaining("'nothing'")
                .hasMessageContaining(SmallNets.LOSS);
        assertThatThrownBy(() -> watch(sd, EarlyStopping.onMetric(SmallNets.LOGITS, Evaluation.Metric.F1)))
                .hasMessageContaining("validationEvaluation");
        assertThatThrownBy(() -> EarlyStopping.onLoss().patience(0)).hasMessageContaining("patience");
        assertThatThrownBy(() -> EarlyStopping.onLoss().minDelta(Double.NaN)).hasMessageContaining("NaN");
        assertThat(sd.getTrainingConfig().getIterationCount()).isZero();
    }

    private static void watch(SameDiff sd, EarlyStopping stopping) {
        RobustTrainer.of(sd)
                .validation(unseen())
                .earlyStopping(stopping)
                .build()
                .fit(Twins.batches());
    }

    /** Means by hand, from the graph's own output. */
    @Test
    void validationMeansTheLossesOverTheBatches() {
        SameDiff sd =
                Twins.mlp(new Sgd(0.1), config -> config.validationEvaluation(SmallNets.LOGITS, 0, new Evaluation()));
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(3)
                .validation(unseen())
                .validateEvery(2)
                .build()
                .fit(Twins.batches());
        assertThat(history.epochs())
                .extracting(epoch -> epoch.validation().isPresent())
                .containsExactly(true, false, true);
        double sum = 0;
        int right = 0;
        ViewIterator data = unseen();
        while (data.hasNext()) {
            var batch = data.next();
            Map<String, INDArray> out = sd.output(
                    Map.of(SmallNets.INPUT, batch.getFeatures(), SmallNets.LABEL, batch.getLabels()),
                    SmallNets.LOSS,
                    SmallNets.LOGITS);
            sum += out.get(SmallNets.LOSS).getDouble(0);
            right += out.get(SmallNets.LOGITS)
                    .argMax(1)
                    .eq(batch.getLabels().argMax(1))
                    .castTo(DataType.INT32)
                    .sumNumber()
                    .intValue();
        }
        ValidationRecord last = history.last().validation().orElseThrow();
        assertThat(last.loss()).isCloseTo(sum / 3, Offset.offset(1e-12));
        assertThat(accuracy(history.last())).isEqualTo(right / 9.0);
    }

    @Test
    void validationDoesNotChangeTraining() {
        SameDiff with = Twins.mlp(new Sgd(0.1));
        SameDiff without = Twins.mlp(new Sgd(0.1));
        Attached projected = Attached.all().stream()
                .filter(penalty -> penalty.name().equals("projected"))
                .findFirst()
                .orElseThrow();
        projected.to(with);
        projected.to(without);
        Twins.train(RobustTrainer.of(with).epochs(3).validation(unseen()));
        Twins.train(RobustTrainer.of(without).epochs(3));
        Twins.assertAlike(with, without, 0);
    }

    @Test
    void aTokenStopsBetweenSteps() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        CancellationToken token = new CancellationToken();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(5)
                .cancellation(token)
                .progress(step -> {
                    if (step.epoch() == 2 && step.step() == 1) {
                        token.cancel();
                    }
                })
                .build()
                .fit(Twins.batches());
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.CANCELLED);
        assertThat(history.iterations()).isEqualTo(4);
        assertThat(history.epochs()).hasSize(1);
        SameDiff expected = Twins.mlp(new Sgd(0.1));
        Twins.fit(expected, 1);
        var batch = Twins.batches().next();
        expected.fit(new SingletonDataSetIterator(batch), 1);
        Twins.assertClose(Twins.weights(sd), Twins.weights(expected), Twins.ROUNDING);
    }

    @Test
    void anInterruptStopsAndStays() {
        for (int prefetch : new int[] {0, 2}) {
            SameDiff sd = Twins.mlp(new Sgd(0.1));
            TrainingHistory history = RobustTrainer.of(sd)
                    .epochs(5)
                    .prefetch(prefetch)
                    .progress(step -> {
                        if (step.step() == 2) {
                            Thread.currentThread().interrupt();
                        }
                    })
                    .build()
                    .fit(Twins.batches());
            assertThat(Thread.interrupted()).as("the interrupt stays").isTrue();
            assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.CANCELLED);
            assertThat(history.iterations()).isEqualTo(2);
            assertThatThrownBy(history::last).hasMessageContaining("CANCELLED");
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTrainingBeforeTheUpdate() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        Map<String, INDArray> before = Twins.weights(sd);
        var data = SmallNets.batch(DataType.DOUBLE, 5, 8);
        data.getFeatures().putScalar(1, 2, Double.NaN);
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().fit(new ViewIterator(data, 4)))
                .isInstanceOfSatisfying(NonFiniteLossException.class, e -> {
                    assertThat(e.term()).isEqualTo(SmallNets.LOSS);
                    assertThat(e.value()).isNaN();
                    assertThat(e.iteration()).isZero();
                    assertThat(e.epoch()).isZero();
                })
                .hasMessageContaining("'loss' is NaN at iteration 0")
                .hasMessageContaining("fed to [x]");
        Twins.assertClose(Twins.weights(sd), before, 0);
    }

    @Test
    void theLastWeightsWithAFiniteLossComeBackOnRequest() {
        SameDiff sd = diverging();
        List<Map<String, INDArray>> arrays = new ArrayList<>();
        arrays.add(Map.of());
        assertThatThrownBy(() -> RobustTrainer.of(sd)
                        .epochs(2)
                        .onNonFiniteLoss(NonFiniteLoss.STOP_AND_RESTORE)
                        .progress(step -> arrays.add(Twins.arrays(sd)))
                        .build()
                        .fit(Twins.batches()))
                .isInstanceOf(NonFiniteLossException.class)
                .hasMessageContaining("weights [")
                .hasMessageContaining("put back");
        int steps = arrays.size() - 1;
        assertThat(steps).isEqualTo(3);
        // After step 3 the weights give no finite loss; those after step 2 did.
        Twins.assertClose(Twins.arrays(sd), arrays.get(2), 0);
        SameDiff left = diverging();
        assertThatThrownBy(() -> RobustTrainer.of(left).epochs(2).build().fit(Twins.batches()))
                .hasMessageContaining("that gave this value");
        assertThat(left.getVariable("W1").getArr().isNaN().any()
                        || left.getVariable("W1").getArr().isInfinite().any())
                .isTrue();
    }

    /** The learning rate of the third step is infinite. */
    private static SameDiff diverging() {
        return Twins.mlp(new Nesterovs(
                0.1, new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.1, 2, Double.POSITIVE_INFINITY))));
    }
}
