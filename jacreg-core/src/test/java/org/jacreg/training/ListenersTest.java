package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.PenaltyHistory;
import org.jacreg.regularizer.RegularizedGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.debugging.ExecDebuggingListener;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Listeners see what they see in {@code sd.fit}. */
class ListenersTest {

    /** Writes down every call. */
    private static class Recorder extends BaseListener {
        final List<String> calls = new ArrayList<>();
        final List<Double> losses = new ArrayList<>();

        @Override
        public boolean isActive(Operation operation) {
            return operation == Operation.TRAINING;
        }

        @Override
        public void operationStart(SameDiff sd, Operation op) {
            calls.add("start " + op);
        }

        @Override
        public void operationEnd(SameDiff sd, Operation op) {
            calls.add("end " + op);
        }

        @Override
        public void epochStart(SameDiff sd, At at) {
            calls.add("epoch start " + at.epoch());
        }

        @Override
        public ListenerResponse epochEnd(SameDiff sd, At at, LossCurve curve, long millis) {
            calls.add("epoch end " + at.epoch() + ", " + curve.getLossNames() + ", rows "
                    + curve.getLossValues().rows());
            return ListenerResponse.CONTINUE;
        }

        @Override
        public ListenerResponse validationDone(SameDiff sd, At at, long millis) {
            calls.add("validated " + at.epoch());
            return ListenerResponse.CONTINUE;
        }

        @Override
        public void iterationStart(SameDiff sd, At at, MultiDataSet data, long etlMillis) {
            calls.add("start " + at.epoch() + ":" + at.iteration() + " of "
                    + data.getFeatures(0).size(0) + ", counted "
                    + sd.getTrainingConfig().getIterationCount());
        }

        @Override
        public void iterationDone(SameDiff sd, At at, MultiDataSet data, Loss loss) {
            calls.add("done " + at.epoch() + ":" + at.iteration() + ", " + loss.lossNames());
            losses.add(loss.totalLoss());
        }
    }

    @Test
    void theCallsAreThoseOfFit() {
        Recorder ofGraph = new Recorder();
        Recorder passed = new Recorder();
        Recorder ofFit = new Recorder();
        SameDiff expected = Twins.mlp(new Adam(0.01), config -> config.l2(0.1));
        RegularizedGraph graph =
                JacobianRegularizer.frobenius(expected).lambda(0.1).attach();
        expected.addListeners(ofFit);
        expected.fit(Twins.batches(), 3, Twins.batches(), 2);
        SameDiff actual = Twins.mlp(new Adam(0.01), config -> config.l2(0.1));
        JacobianRegularizer.frobenius(actual).lambda(0.1).attach();
        actual.addListeners(ofGraph);
        Twins.train(RobustTrainer.of(actual)
                .epochs(3)
                .validation(Twins.batches())
                .validateEvery(2)
                .listeners(passed, ofGraph));
        assertThat(ofGraph.calls).isEqualTo(ofFit.calls).hasSizeGreaterThan(20);
        assertThat(passed.calls).isEqualTo(ofFit.calls);
        assertThat(graph.isAttached()).isTrue();
        for (int i = 0; i < ofFit.losses.size(); i++) {
            assertThat(ofGraph.losses.get(i)).isCloseTo(ofFit.losses.get(i), Offset.offset(1e-11));
        }
    }

    @Test
    void penaltyHistoriesAgree() {
        SameDiff expected = Twins.mlp(new Adam(0.01));
        SameDiff actual = Twins.mlp(new Adam(0.01));
        PenaltyHistory theirs = history(expected);
        PenaltyHistory ours = history(actual);
        expected.fit(Twins.batches(), 2, theirs);
        TrainingHistory trained = Twins.train(RobustTrainer.of(actual).epochs(2).listeners(ours));
        for (String term : List.of("frobenius", "l11", PenaltyHistory.TOTAL)) {
            assertThat(ours.values(term)).as(term).hasSize(6);
            for (int i = 0; i < 6; i++) {
                assertThat(ours.values(term).get(i))
                        .isCloseTo(theirs.values(term).get(i), Offset.offset(1e-11));
            }
        }
        double mean = ours.values("l11").subList(3, 6).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        assertThat(trained.last().penalties()).containsOnlyKeys("frobenius", "l11");
        assertThat(trained.last().penalties().get("l11")).isCloseTo(mean, Offset.offset(1e-12));
    }

    private static PenaltyHistory history(SameDiff sd) {
        return PenaltyHistory.of(JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).lambda(0.1),
                JacobianRegularizer.l11(sd).lambda(0.2)));
    }

    /** Keeps a weight as it is, and reads the logits. */
    private static final class Freezer extends Recorder {
        private final List<Double> logits = new ArrayList<>();

        @Override
        public ListenerVariables requiredVariables(SameDiff sd) {
            return ListenerVariables.builder()
                    .trainingVariables(SmallNets.LOGITS)
                    .build();
        }

        @Override
        public void preUpdate(SameDiff sd, At at, Variable variable, INDArray update) {
            if (variable.getName().equals("W1")) {
                update.assign(0);
            }
        }

        @Override
        public void activationAvailable(
                SameDiff sd, At at, MultiDataSet batch, SameDiffOp op, String name, INDArray activation) {
            assertThat(name).isEqualTo(SmallNets.LOGITS);
            assertThat(op.getOutputsOfOp()).contains(name);
            logits.add(activation.getDouble(0));
        }
    }

    @Test
    void updatesMayBeChangedAndRequiredVariablesAreSeen() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        Map<String, INDArray> before = Twins.weights(sd);
        MultiDataSet first = Twins.batches().next().toMultiDataSet();
        double logit = sd.output(Map.of(SmallNets.INPUT, first.getFeatures(0)), SmallNets.LOGITS)
                .get(SmallNets.LOGITS)
                .getDouble(0);
        Freezer freezer = new Freezer();
        Twins.train(RobustTrainer.of(sd).epochs(2).listeners(freezer));
        assertThat(sd.getVariable("W1").getArr()).isEqualTo(before.get("W1"));
        assertThat(sd.getVariable("W2").getArr()).isNotEqualTo(before.get("W2"));
        assertThat(freezer.logits).hasSize(6);
        assertThat(freezer.logits.get(0)).isCloseTo(logit, Offset.offset(1e-12));
    }

    @Test
    void aListenerMayStopTraining() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        Recorder stopping = new Recorder() {
            @Override
            public ListenerResponse epochEnd(SameDiff graph, At at, LossCurve curve, long millis) {
                return at.epoch() == 1 ? ListenerResponse.STOP : ListenerResponse.CONTINUE;
            }
        };
        TrainingHistory history = Twins.train(RobustTrainer.of(sd).epochs(5).listeners(stopping));
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.STOPPED_BY_LISTENER);
        assertThat(history.epochs()).hasSize(2);
        assertThat(sd.getTrainingConfig().getEpochCount()).isEqualTo(2);
        assertThat(stopping.calls).endsWith("end TRAINING");
    }

    @Test
    void listenersOfOpsAreRefusedByName() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        RobustTrainerBuilder trainer = RobustTrainer.of(sd)
                .listeners(new ExecDebuggingListener(ExecDebuggingListener.PrintMode.OPS_ONLY, 1, false));
        assertThatThrownBy(() -> Twins.train(trainer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ExecDebuggingListener")
                .hasMessageContaining("preOpExecution")
                .hasMessageContaining("sd.fit");
        Recorder blind = new Recorder() {
            @Override
            public void activationAvailable(
                    SameDiff graph, At at, MultiDataSet batch, SameDiffOp op, String name, INDArray activation) {}
        };
        assertThatThrownBy(() -> Twins.train(RobustTrainer.of(sd).listeners(blind)))
                .hasMessageContaining("requiredVariables");
        Recorder wrong = new Recorder() {
            @Override
            public ListenerVariables requiredVariables(SameDiff graph) {
                return ListenerVariables.builder().trainingVariables("nothing").build();
            }
        };
        assertThatThrownBy(() -> Twins.train(RobustTrainer.of(sd).listeners(wrong)))
                .hasMessageContaining("'nothing'");
        assertThat(sd.getTrainingConfig().getIterationCount()).isZero();
    }
}
