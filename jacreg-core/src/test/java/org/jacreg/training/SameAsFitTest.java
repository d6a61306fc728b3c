package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jacreg.graph.QuietGradients;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The weights, updater state and counters after some epochs are those of {@code sd.fit}. */
class SameAsFitTest {

    static List<IUpdater> updaters() {
        return List.of(
                new Sgd(0.1),
                new Adam(0.01),
                new AdaMax(0.01),
                new AMSGrad(0.01),
                new Nadam(0.01),
                new Nesterovs(0.05, 0.9),
                new RmsProp(0.01),
                new AdaGrad(0.05),
                new AdaDelta(),
                new NoOp());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("updaters")
    void everyUpdater(IUpdater updater) {
        check(updater, config -> {});
    }

    static Stream<Arguments> regularizations() {
        Regularization l1 = new L1Regularization(0.02);
        Regularization l2 = new L2Regularization(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.3, 4, 0.05)));
        Regularization decay = new WeightDecay(0.05, true);
        Regularization free = new WeightDecay(new FixedSchedule(0.01), false);
        return Stream.of(
                        List.of(l1), List.of(l2), List.of(decay), List.of(free), List.of(l1, l2, free), List.of(l2, l2))
                .flatMap(list -> Stream.of(new Sgd(0.1), new Adam(0.01), new NoOp())
                        .map(updater -> Arguments.of(list, updater)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("regularizations")
    void everyRegularization(List<Regularization> regularizations, IUpdater updater) {
        check(updater, config -> config.regularization(regularizations));
    }

    static List<ISchedule> schedules() {
        return List.of(
                new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.1, 2, 0.01, 5, 0.2)),
                new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.1, 2, 0.01)),
                new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schedules")
    void everySchedule(ISchedule schedule) {
        check(new Sgd(schedule), config -> config.l2(0.1));
        check(new Adam(schedule), config -> config.weightDecay(0.1, true));
        check(new Nesterovs(0.1, schedule), config -> {});
    }

    @Test
    void maximising() {
        check(new Adam(0.01), config -> config.minimize(false));
    }

    static List<Attached> penalties() {
        return Attached.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("penalties")
    void everyPenalty(Attached penalty) {
        SameDiff expected = Twins.mlp(new Adam(0.01));
        SameDiff actual = Twins.mlp(new Adam(0.01));
        penalty.to(expected);
        penalty.to(actual);
        check(actual, expected);
    }

    @Test
    void convolutionsInBothPrecisions() {
        for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
            SameDiff expected = SmallNets.training(SmallNets.conv(type), new Adam(0.01));
            SameDiff actual = SmallNets.training(SmallNets.conv(type), new Adam(0.01));
            var data = new DataSet(SmallNets.inputs(type, 1, 6, 1, 6, 6), SmallNets.labels(type, 2, 6, 3));
            QuietGradients.create(expected);
            expected.fit(new ViewIterator(data, 3), 3);
            RobustTrainer.of(actual).epochs(3).build().fit(new ViewIterator(data, 3));
            // In float32 rounding is 6e-8 and Adam divides small gradients by their size: a few steps of 0.01 apart at
            // most
            // in the last digits.
            Twins.assertAlike(actual, expected, type == DataType.DOUBLE ? Twins.ROUNDING : 1e-5);
        }
    }

    @Test
    void severalLossesAndWeightsThatDoNotMatter() {
        SameDiff expected = withTwoLosses();
        SameDiff actual = withTwoLosses();
        check(actual, expected);
        assertThat(actual.getVariable("unused").getArr().getDouble(0)).isEqualTo(3);
    }

    private static SameDiff withTwoLosses() {
        SameDiff sd = Twins.mlp(new Adam(0.01), config -> config.l2(0.1).minimize("loss", "small"));
        SDVariable unused = sd.var("unused", Nd4j.scalar(3.0));
        sd.math().square(unused);
        sd.sum("small", sd.math().square(sd.getVariable(SmallNets.LOGITS)).mul(0.01));
        return sd;
    }

    private static void check(IUpdater updater, Consumer<TrainingConfig.Builder> settings) {
        check(Twins.mlp(updater, settings), Twins.mlp(updater, settings));
    }

    private static void check(SameDiff actual, SameDiff expected) {
        Map<String, INDArray> before = Twins.weights(actual);
        TrainingHistory history = Twins.train(actual, 3);
        Twins.fit(expected, 3);
        Twins.assertAlike(actual, expected, Twins.ROUNDING);
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.COMPLETED);
        assertThat(history.iterations()).isEqualTo(9);
        if (!(actual.getTrainingConfig().getUpdater() instanceof NoOp)) {
            assertThatThrownBy(() -> Twins.assertClose(Twins.weights(actual), before, 1e-4))
                    .as("training has changed the weights")
                    .isInstanceOf(AssertionError.class);
        }
    }
}
