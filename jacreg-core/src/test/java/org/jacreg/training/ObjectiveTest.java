package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Objectives that change batches and graph. */
class ObjectiveTest {

    /** Moves the inputs by the sign of the gradient: what adversarial training does, in one step. */
    private record Fgsm(double epsilon, List<TrainingBatch> seen) implements Objective {

        @Override
        public Session start(SameDiff graph) {
            return batch -> {
                seen.add(batch);
                INDArray gradient = graph.calculateGradients(batch.placeholders(), SmallNets.INPUT)
                        .get(SmallNets.INPUT);
                Map<String, INDArray> fed = new HashMap<>(batch.placeholders());
                fed.put(
                        SmallNets.INPUT,
                        fed.get(SmallNets.INPUT).add(Transforms.sign(gradient).mul(epsilon)));
                return fed;
            };
        }
    }

    @Test
    void batchesArePreparedWithTheWeightsOfTheMoment() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        SameDiff expected = Twins.mlp(new Sgd(0.1));
        List<TrainingBatch> seen = new ArrayList<>();
        RobustTrainer.of(sd)
                .epochs(2)
                .objective(new Fgsm(0.05, seen))
                .validation(Twins.batches())
                .build()
                .fit(Twins.batches());
        // The same by hand: attack, gradients, update.
        for (int epoch = 0; epoch < 2; epoch++) {
            var data = Twins.batches();
            while (data.hasNext()) {
                var batch = data.next();
                Map<String, INDArray> fed =
                        new HashMap<>(Map.of(SmallNets.INPUT, batch.getFeatures(), SmallNets.LABEL, batch.getLabels()));
                fed = new Fgsm(0.05, new ArrayList<>()).start(expected).prepare(new TrainingBatch(fed, 0, 0, true));
                for (Map.Entry<String, INDArray> gradient : expected.calculateGradients(
                                fed, Twins.weights(expected).keySet())
                        .entrySet()) {
                    expected.getVariable(gradient.getKey())
                            .getArr()
                            .subi(gradient.getValue().mul(0.1));
                }
            }
        }
        Twins.assertClose(Twins.weights(sd), Twins.weights(expected), Twins.ROUNDING);
        assertThat(seen).hasSize(12);
        assertThat(seen.stream().filter(TrainingBatch::training).map(TrainingBatch::iteration))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(seen.stream().filter(batch -> !batch.training())).hasSize(6);
    }

    /** Adds a second loss on a placeholder of its own, as TRADES and its relatives do. */
    private static final class Consistency implements Objective {
        private int closed;

        @Override
        public Session start(SameDiff graph) {
            List<String> before = List.copyOf(graph.getLossVariables());
            GraphDecoration.add(graph, () -> {
                SDVariable target = graph.placeHolder(GraphDecoration.PREFIX + "target", DataType.DOUBLE, -1, 3);
                SDVariable logits = graph.getVariable(SmallNets.LOGITS);
                return graph.sum("consistency", graph.math().square(logits.sub(target)));
            });
            graph.setLossVariables(SmallNets.LOSS, GraphDecoration.PREFIX + "consistency");
            return new Session() {
                @Override
                public Map<String, INDArray> prepare(TrainingBatch batch) {
                    Map<String, INDArray> fed = new HashMap<>(batch.placeholders());
                    fed.put(
                            GraphDecoration.PREFIX + "target",
                            fed.get(SmallNets.LABEL).mul(2));
                    return fed;
                }

                @Override
                public void close() {
                    closed++;
                    graph.setLossVariables(before.toArray(new String[0]));
                    GraphDecoration.removeChecked(graph);
                }
            };
        }

        @Override
        public String toString() {
            return "consistency";
        }
    }

    @Test
    void anObjectiveMayAddLossesAndPlaceholdersForARun() {
        SameDiff sd = Twins.mlp(new Sgd(0.01));
        sd.setLossVariables(SmallNets.LOSS);
        List<String> names = List.copyOf(sd.variableMap().keySet());
        Consistency objective = new Consistency();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(20)
                .objective(objective)
                .validation(Twins.batches())
                .build()
                .fit(Twins.batches());
        assertThat(history.configuration()).contains("objective=consistency");
        assertThat(history.last().losses()).containsOnlyKeys("loss", "jacreg/consistency");
        double first = history.epochs().get(0).losses().get("jacreg/consistency");
        assertThat(history.last().losses().get("jacreg/consistency")).isLessThan(0.7 * first);
        assertThat(history.last().validation().orElseThrow().losses()).containsOnlyKeys("loss", "jacreg/consistency");
        assertThat(objective.closed).isEqualTo(1);
        assertThat(sd.variableMap().keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly(SmallNets.LOSS);
        // The graph trains on as an ordinary one.
        assertThat(Twins.train(sd, 1).last().losses()).containsOnlyKeys("loss");
    }

    @Test
    void theObjectiveIsClosedOnFailure() {
        SameDiff sd = Twins.mlp(new Sgd(0.01));
        sd.setLossVariables(SmallNets.LOSS);
        Consistency objective = new Consistency();
        assertThatThrownBy(() -> RobustTrainer.of(sd)
                        .objective(objective)
                        .progress(step -> {
                            throw new IllegalStateException("enough");
                        })
                        .build()
                        .fit(Twins.batches()))
                .hasMessage("enough");
        assertThat(objective.closed).isEqualTo(1);
        assertThat(GraphDecoration.isDecorated(sd)).isFalse();
    }

    @Test
    void theDefaultIsTheGraphsLossAndSaysSo() {
        RobustTrainer trainer = RobustTrainer.of(Twins.mlp(new Sgd(0.1))).build();
        assertThat(trainer)
                .hasToString("RobustTrainer[epochs=1, objective=loss variables, prefetch=1, nonFiniteLoss=STOP]");
    }

    @Test
    void theWholeConfigurationIsShown() {
        RobustTrainer trainer = RobustTrainer.of(Twins.mlp(new Sgd(0.1)))
                .epochs(7)
                .validation(Twins.batches())
                .validateEvery(2)
                .validationLosses("loss")
                .earlyStopping(EarlyStopping.onLoss("loss").patience(3))
                .checkpoint(Checkpointing.to(Path.of("run.zip")).everyEpochs(2))
                .prefetch(0)
                .onNonFiniteLoss(NonFiniteLoss.STOP_AND_RESTORE)
                .build();
        assertThat(trainer.toString())
                .contains(
                        "epochs=7",
                        "validation=ViewIterator every 2, losses [loss]",
                        "patience=3",
                        "run.zip",
                        "everyEpochs=2",
                        "prefetch=0",
                        "STOP_AND_RESTORE");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        RobustTrainerBuilder trainer = RobustTrainer.of(Twins.mlp(new Sgd(0.1)));
        assertThatThrownBy(() -> trainer.epochs(0).build()).hasMessageContaining("epochs: expected at least 1, got 0");
        trainer.epochs(1);
        assertThatThrownBy(() -> trainer.prefetch(-1).build()).hasMessageContaining("got -1");
        trainer.prefetch(1);
        assertThatThrownBy(() ->
                        trainer.validation(Twins.batches()).validateEvery(0).build())
                .hasMessageContaining("validateEvery");
        assertThatThrownBy(() -> Checkpointing.to(Path.of("x")).everyEpochs(0)).hasMessageContaining("everyEpochs");
    }

    /** A step of gradient descent against central differences: no formula of ours, nor SameDiff's gradient. */
    @Test
    void aStepFollowsTheSlopeOfTheLoss() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        var batch = Twins.batches().next();
        Map<String, INDArray> fed = Map.of(SmallNets.INPUT, batch.getFeatures(), SmallNets.LABEL, batch.getLabels());
        Map<String, INDArray> expected = new HashMap<>();
        Twins.weights(sd).forEach((name, array) -> expected.put(name, slope(sd, name, fed)));
        Map<String, INDArray> before = Twins.weights(sd);
        RobustTrainer.of(sd).build().fit(new SingletonDataSetIterator(batch));
        expected.forEach((name, slope) -> {
            INDArray moved = before.get(name).sub(sd.getVariable(name).getArr()).div(0.1);
            // The error of central differences: h^2 of the third derivative, and 1e-16 / h.
            assertThat(moved.sub(slope).normmaxNumber().doubleValue()).as(name).isCloseTo(0, Offset.offset(1e-8));
        });
    }

    private static INDArray slope(SameDiff sd, String name, Map<String, INDArray> fed) {
        INDArray weight = sd.getVariable(name).getArr();
        INDArray slope = weight.dup();
        double h = 1e-5;
        for (long i = 0; i < weight.length(); i++) {
            double value = weight.getDouble(i);
            weight.putScalar(i, value + h);
            double up = sd.output(fed, SmallNets.LOSS).get(SmallNets.LOSS).getDouble(0);
            weight.putScalar(i, value - h);
            double down = sd.output(fed, SmallNets.LOSS).get(SmallNets.LOSS).getDouble(0);
            weight.putScalar(i, value);
            slope.putScalar(i, (up - down) / (2 * h));
        }
        return slope;
    }
}
