package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** What an objective may do between gradients and update. */
class BeforeUpdateTest {

    /** The graph's loss, with a hook. */
    private record Hooked(int replayed, Set<String> also, Consumer<GradientStep> hook) implements Objective {

        Hooked(Consumer<GradientStep> hook) {
            this(1, Set.of(), hook);
        }

        @Override
        public Session start(SameDiff graph) {
            return new Session() {
                @Override
                public Map<String, INDArray> prepare(TrainingBatch batch) {
                    return batch.placeholders();
                }

                @Override
                public int replays() {
                    return replayed;
                }

                @Override
                public Set<String> alsoDifferentiated() {
                    return also;
                }

                @Override
                public void beforeUpdate(GradientStep step) {
                    hook.accept(step);
                }
            };
        }
    }

    private static TrainingHistory train(SameDiff sd, Objective objective) {
        return Twins.train(RobustTrainer.of(sd).epochs(2).objective(objective));
    }

    @Test
    void gradientsAreThoseOfTheStepByWeightsAndInput() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        SameDiff twin = Twins.mlp(new Sgd(0.1));
        List<Integer> iterations = new ArrayList<>();
        train(sd, new Hooked(1, Set.of(SmallNets.INPUT), step -> {
            iterations.add(step.batch().iteration());
            step.weights().forEach(name -> twin.getVariable(name).getArr().assign(step.weight(name)));
            List<String> wanted = new ArrayList<>(step.weights());
            wanted.add(SmallNets.INPUT);
            Map<String, INDArray> expected = twin.calculateGradients(new HashMap<>(step.fed()), wanted);
            expected.forEach((name, gradient) -> assertThat(
                            gradient.sub(step.gradient(name)).normmaxNumber().doubleValue())
                    .as(name)
                    .isLessThan(Twins.ROUNDING));
            assertThat(step.weights()).containsExactlyInAnyOrder("W1", "b1", "W2", "b2");
            assertThatThrownBy(() -> step.gradient("label")).hasMessageContaining("label");
            assertThatThrownBy(() -> step.weight("x")).hasMessageContaining("W1");
        }));
        assertThat(iterations).containsExactly(0, 1, 2, 3, 4, 5);
        // The hook has changed nothing.
        SameDiff plain = Twins.mlp(new Sgd(0.1));
        Twins.train(plain, 2);
        Twins.assertAlike(sd, plain, 0);
    }

    /** Sharpness-aware minimisation in plain descent, w <- w - rate g(w + 0.3 g(w)), by hand. */
    @Test
    void gradientsAtMovedWeightsUpdateTheWeightsThatWere() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        train(
                sd,
                new Hooked(step -> step.recomputeAt(() -> step.weights()
                        .forEach(name ->
                                step.weight(name).addi(step.gradient(name).mul(0.3))))));
        SameDiff expected = Twins.mlp(new Sgd(0.1));
        forEveryBatch(2, fed -> {
            Map<String, INDArray> before = Twins.weights(expected);
            Map<String, INDArray> up = expected.calculateGradients(fed, before.keySet());
            up.forEach((name, gradient) -> expected.getVariable(name).getArr().addi(gradient.mul(0.3)));
            Map<String, INDArray> there = expected.calculateGradients(fed, before.keySet());
            there.forEach((name, gradient) ->
                    expected.getVariable(name).getArr().assign(before.get(name).sub(gradient.mul(0.1))));
        });
        Twins.assertClose(Twins.weights(sd), Twins.weights(expected), Twins.ROUNDING);
    }

    private static void forEveryBatch(int epochs, Consumer<Map<String, INDArray>> work) {
        for (int epoch = 0; epoch < epochs; epoch++) {
            DataSetIterator data = Twins.batches();
            while (data.hasNext()) {
                var batch = data.next();
                work.accept(new HashMap<>(
                        Map.of(SmallNets.INPUT, batch.getFeatures(), SmallNets.LABEL, batch.getLabels())));
            }
        }
    }

    /** With a penalty of random projections: the second computation draws what the first one drew. */
    @Test
    void aMoveOfNothingChangesNothingToTheBit() {
        SameDiff plain = projected();
        Twins.train(plain, 2);
        SameDiff sd = projected();
        train(sd, new Hooked(step -> step.recomputeAt(() -> {})));
        Twins.assertAlike(sd, plain, 0);
    }

    private static SameDiff projected() {
        SameDiff sd = Twins.mlp(new Nesterovs(0.05, 0.9));
        JacobianRegularizer.frobenius(sd).projections(1).lambda(0.1).attach();
        return sd;
    }

    @Test
    void gradientsWrittenToAreWhatTheUpdateIsMadeFrom() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        train(
                sd,
                new Hooked(step ->
                        step.weights().forEach(name -> step.gradient(name).muli(0.5))));
        SameDiff halved = Twins.mlp(new Sgd(0.05));
        Twins.train(halved, 2);
        // A product in another order.
        Twins.assertClose(Twins.weights(sd), Twins.weights(halved), 1e-15);
    }

    @Test
    void weightsArePutBackOnFailure() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        Map<String, INDArray> before = Twins.weights(sd);
        assertThatThrownBy(() -> train(
                        sd,
                        new Hooked(step -> step.recomputeAt(() -> {
                            step.weight("W1").assign(7);
                            throw new IllegalStateException("enough");
                        }))))
                .hasMessage("enough");
        assertThat(Twins.weights(sd)).isEqualTo(before);
        for (NonFiniteLoss action : NonFiniteLoss.values()) {
            assertThatThrownBy(() -> RobustTrainer.of(sd)
                            .objective(new Hooked(step ->
                                    step.recomputeAt(() -> step.weight("W2").assign(Double.NaN))))
                            .onNonFiniteLoss(action)
                            .build()
                            .fit(Twins.batches()))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("W2");
            assertThat(Twins.weights(sd)).isEqualTo(before);
        }
        assertThatThrownBy(() -> train(sd, new Hooked(step -> step.recomputeAt(() -> step.recomputeAt(() -> {})))))
                .hasMessageContaining("in one go");
    }

    @Test
    void lossesAreReportedAtTheWeightsThatWere() {
        SameDiff plain = Twins.mlp(new Sgd(0.0));
        TrainingHistory expected = Twins.train(plain, 1);
        SameDiff sd = Twins.mlp(new Sgd(0.0));
        TrainingHistory history = train(
                sd, new Hooked(step -> step.recomputeAt(() -> step.weight("W1").muli(3))));
        assertThat(history.losses().get(0)).isEqualTo(expected.losses().get(0));
    }

    @Test
    void everyBatchIsReplayed() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        List<Integer> iterations = new ArrayList<>();
        TrainingHistory history = train(
                sd, new Hooked(3, Set.of(), step -> iterations.add(step.batch().iteration())));
        assertThat(iterations).hasSize(18).startsWith(0, 1, 2, 3).endsWith(17);
        assertThat(history.iterations()).isEqualTo(18);
        assertThat(history.epochs())
                .allSatisfy(epoch -> assertThat(epoch.steps()).isEqualTo(9));
        SameDiff expected = Twins.mlp(new Sgd(0.1));
        forEveryBatch(2, fed -> {
            for (int replay = 0; replay < 3; replay++) {
                expected.calculateGradients(fed, Twins.weights(expected).keySet())
                        .forEach((name, gradient) ->
                                expected.getVariable(name).getArr().subi(gradient.mul(0.1)));
            }
        });
        Twins.assertClose(Twins.weights(sd), Twins.weights(expected), Twins.ROUNDING);
        assertThatThrownBy(() -> train(sd, new Hooked(0, Set.of(), step -> {})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 0");
    }

    @Test
    void cancellationStopsBetweenReplays() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        CancellationToken token = new CancellationToken();
        TrainingHistory history = RobustTrainer.of(sd)
                .objective(new Hooked(5, Set.of(), step -> {
                    if (step.batch().iteration() == 1) {
                        token.cancel();
                    }
                }))
                .cancellation(token)
                .build()
                .fit(Twins.batches());
        assertThat(history.outcome()).isEqualTo(TrainingHistory.Outcome.CANCELLED);
        assertThat(history.iterations()).isEqualTo(2);
    }
}
