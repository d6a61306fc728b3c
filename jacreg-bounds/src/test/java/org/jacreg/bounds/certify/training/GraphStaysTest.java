package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;

/** What an objective adds to a graph is gone afterwards, and what the graph minimised otherwise stays. */
class GraphStaysTest {

    static List<Objective> objectives() {
        return List.of(
                IntervalBoundTraining.linf(.1).bounds(0, 1).ramp(1, 3).build(),
                CrownIbpTraining.linf(.1).bounds(0, 1).ramp(1, 3).build(),
                GloroTraining.l2(.1).ramp(1, 3).build(),
                LipschitzMarginTraining.l2(.1).build());
    }

    private static INDArray x(SameDiff sd) {
        return Nets.inputs(sd, 1, 10);
    }

    private static INDArray labels() {
        return Nets.oneHot(Nets.labels(10), Nets.CLASSES);
    }

    private static ViewIterator data(SameDiff sd) {
        return new ViewIterator(new DataSet(x(sd), labels()), 4);
    }

    private static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aClosedSessionLeavesEveryByte(Objective objective) {
        for (boolean penalty : new boolean[] {false, true}) {
            SameDiff sd = Nets.mlp();
            if (penalty) {
                JacobianRegularizer.frobenius(sd).lambda(.1).attach();
            }
            INDArray x = x(sd);
            INDArray input = x.dup();
            INDArray answer = sd.outputSingle(Map.of("x", x), "logits").dup();
            byte[] before = bytes(sd);
            try (Prepared prepared = new Prepared(sd, objective, x, labels(), 2)) {
                assertThat(prepared.loss()).isFinite();
                assertThat(bytes(sd)).isNotEqualTo(before);
            }
            assertThat(bytes(sd)).isEqualTo(before);
            assertThat(sd.outputSingle(Map.of("x", x), "logits")).isEqualTo(answer);
            assertThat(x).isEqualTo(input);
            assertThat(sd.getFunction("grad") != null).as("gradient function").isEqualTo(penalty);
            Objective.Session session = objective.start(sd);
            session.close();
            session.close();
            assertThat(bytes(sd)).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void afterFitTheGraphIsAnOrdinaryOne(Objective objective) {
        SameDiff sd = Nets.mlp();
        List<String> names = List.copyOf(sd.variableMap().keySet());
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(3)
                .objective(objective)
                .validation(data(sd))
                .build()
                .fit(data(sd));
        assertThat(history.last().losses().keySet()).allMatch(name -> name.startsWith("jacreg/objective/"));
        assertThat(history.last().losses().values()).allMatch(Double::isFinite);
        assertThat(history.last().validation().orElseThrow().losses().keySet())
                .isEqualTo(history.last().losses().keySet());
        assertThat(history.configuration()).contains(objective.toString());
        assertThat(sd.variableMap().keySet()).containsExactlyElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly("loss");
        assertThat(GraphDecoration.isDecorated(sd)).isFalse();
        TrainingHistory plain = RobustTrainer.of(sd).build().fit(data(sd));
        assertThat(plain.last().losses()).containsOnlyKeys("loss");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void anExceptionWhileTrainingTakesTheTermsAwayToo(Objective objective) {
        SameDiff sd = Nets.mlp();
        byte[] before = bytes(sd);
        List<String> names = List.copyOf(sd.variableMap().keySet());
        assertThatThrownBy(() -> RobustTrainer.of(sd)
                        .objective(objective)
                        .progress(step -> {
                            throw new IllegalStateException("enough");
                        })
                        .build()
                        .fit(data(sd)))
                .hasMessage("enough");
        assertThat(sd.variableMap().keySet()).containsExactlyElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly("loss");
        SameDiff other = Nets.mlp();
        assertThatThrownBy(() -> objective.start(withUnknownOp(other))).isInstanceOf(UntrainableGraphException.class);
        assertThat(GraphDecoration.isDecorated(other)).isFalse();
        assertThat(bytes(Nets.mlp())).isEqualTo(before);
    }

    private static SameDiff withUnknownOp(SameDiff sd) {
        SDVariable z = sd.getVariable("logits");
        SDVariable gated = z.mul(sd.math().sin(z));
        sd.loss().softmaxCrossEntropy("other", sd.getVariable("label"), gated, null);
        sd.setLossVariables("other");
        return sd;
    }

    @Test
    void oneObjectiveAtATime() {
        SameDiff sd = Nets.mlp();
        byte[] before = bytes(sd);
        Objective.Session first = objectives().get(0).start(sd);
        for (Objective objective : objectives()) {
            assertThatThrownBy(() -> objective.start(sd)).hasMessageContaining("jacreg/objective");
        }
        first.close();
        assertThat(bytes(sd)).isEqualTo(before);
    }

    /** A second loss, on the weights alone, stays as it is; the cross-entropy is replaced. */
    @Test
    void lossesWithoutLabelsStay() {
        SameDiff sd = Nets.mlp();
        SDVariable norm = sd.math().square(sd.getVariable("W1")).sum("norm");
        sd.setLossVariables("loss", norm.name());
        try (Prepared prepared = new Prepared(sd, objectives().get(0), x(sd), labels(), 2)) {
            assertThat(sd.getLossVariables())
                    .containsExactly("jacreg/objective/clean", "jacreg/objective/worst", "norm");
            assertThat(prepared.loss()).isFinite();
        }
        assertThat(sd.getLossVariables()).containsExactly("loss", "norm");
    }
}
