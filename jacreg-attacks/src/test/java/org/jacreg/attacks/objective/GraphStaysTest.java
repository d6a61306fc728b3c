package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;

/** What an objective adds to a graph is gone afterwards, and what the graph minimised otherwise stays. */
class GraphStaysTest {

    private static final int CLASSES = 3;

    private final INDArray x = Nets.inputs(DataType.DOUBLE, 1, 10);
    private final INDArray labels = Rows.oneHot(Nets.classes(2, 10, CLASSES), CLASSES, DataType.DOUBLE);

    static List<Objective> objectives() {
        return Objectives.all(CLASSES);
    }

    private ViewIterator data() {
        return new ViewIterator(new DataSet(x, labels), 4);
    }

    private static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aClosedSessionLeavesEveryByte(Objective objective) {
        for (boolean penalty : new boolean[] {false, true}) {
            SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
            if (penalty) {
                JacobianRegularizer.frobenius(sd).lambda(.1).attach();
            }
            INDArray input = x.dup();
            INDArray answer = sd.outputSingle(Map.of("x", x), "logits").dup();
            byte[] before = bytes(sd);
            try (Prepared prepared = new Prepared(sd, objective, x, labels)) {
                assertThat(prepared.loss()).isFinite();
                assertThat(bytes(sd)).isNotEqualTo(before);
            }
            assertThat(bytes(sd)).isEqualTo(before);
            assertThat(sd.outputSingle(Map.of("x", x), "logits")).isEqualTo(answer);
            assertThat(x).isEqualTo(input);
            assertThat(sd.getFunction("grad") != null).as("gradient function").isEqualTo(penalty);
            // Once more, and closing twice does no harm.
            Objective.Session session = objective.start(sd);
            session.close();
            session.close();
            assertThat(bytes(sd)).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void afterFitTheGraphIsAnOrdinaryOne(Objective objective) {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        List<String> names = List.copyOf(sd.variableMap().keySet());
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(2)
                .objective(objective)
                .validation(data())
                .build()
                .fit(data());
        assertThat(history.last().losses().keySet()).allMatch(name -> name.startsWith("jacreg/objective/"));
        assertThat(history.last().losses().values()).allMatch(Double::isFinite);
        assertThat(history.last().validation().orElseThrow().losses().keySet())
                .isEqualTo(history.last().losses().keySet());
        assertThat(history.configuration()).contains(objective.toString());
        assertThat(sd.variableMap().keySet()).containsExactlyElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly("loss");
        assertThat(GraphDecoration.isDecorated(sd)).isFalse();
        TrainingHistory plain = RobustTrainer.of(sd).build().fit(data());
        assertThat(plain.last().losses()).containsOnlyKeys("loss");
    }

    @Test
    void anExceptionWhileTrainingTakesTheTermsAwayToo() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        List<String> names = List.copyOf(sd.variableMap().keySet());
        assertThatThrownBy(() -> RobustTrainer.of(sd)
                        .objective(Trades.linf(.1).build())
                        .progress(step -> {
                            throw new IllegalStateException("enough");
                        })
                        .build()
                        .fit(data()))
                .hasMessage("enough");
        assertThat(sd.variableMap().keySet()).containsExactlyElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly("loss");
    }

    @Test
    void aStartThatFailsLeavesEveryByte() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        byte[] before = bytes(sd);
        assertThatThrownBy(() -> Trades.linf(.1).label("nothing").build().start(sd))
                .hasMessageContaining("no variable 'nothing'");
        assertThat(bytes(sd)).isEqualTo(before);
        Objective.Session first = Trades.linf(.1).build().start(sd);
        assertThatThrownBy(() -> Arow.linf(.1).build().start(sd)).hasMessageContaining("jacreg/objective");
        first.close();
        assertThat(bytes(sd)).isEqualTo(before);
    }

    /** A second loss, on the weights alone, stays as it is; the cross-entropy is replaced. */
    @Test
    void lossesWithoutLabelsStay() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        SDVariable norm = sd.math().square(sd.getVariable("W1")).sum("norm");
        sd.setLossVariables("loss", norm.name());
        try (Prepared prepared = new Prepared(sd, Trades.linf(.1).build(), x, labels)) {
            assertThat(prepared.losses())
                    .containsExactly("jacreg/objective/clean", "jacreg/objective/divergence", "norm");
            INDArray expected = prepared.slopes().get("W1");
            double error =
                    prepared.gradients().get("W1").sub(expected).normmaxNumber().doubleValue();
            assertThat(error).isLessThan(2e-8);
        }
        assertThat(sd.getLossVariables()).containsExactly("loss", "norm");
    }

    /** The gradient is that of the objective plus lambda times that of the penalty at the clean input. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void penaltiesAreAddedOnTheCleanInput(Objective objective) {
        double lambda = .3;
        SameDiff alone = Nets.mlp(DataType.DOUBLE, CLASSES);
        SameDiff penalised = Nets.mlp(DataType.DOUBLE, CLASSES);
        JacobianRegularizer.frobenius(penalised).lambda(lambda).attach();
        Map<String, INDArray> fed = Map.of("x", x, "label", labels);
        String[] weights = {"W1", "b1", "W2"};
        Map<String, INDArray> total = penalised.calculateGradients(fed, weights);
        Map<String, INDArray> loss = Nets.mlp(DataType.DOUBLE, CLASSES).calculateGradients(fed, weights);
        try (Prepared robust = new Prepared(alone, objective, x, labels);
                Prepared both = new Prepared(penalised, objective, x, labels)) {
            assertThat(both.attacked()).isEqualTo(robust.attacked());
            double value = RegularizedGraph.termsOf(penalised)
                    .get(0)
                    .penalty()
                    .eval(Map.of("x", x))
                    .getDouble(0);
            assertThat(both.loss())
                    .isCloseTo(robust.loss() + lambda * value, org.assertj.core.data.Offset.offset(1e-12));
            for (String name : weights) {
                INDArray penalty = total.get(name).sub(loss.get(name));
                assertThat(penalty.normmaxNumber().doubleValue()).as(name).isGreaterThan(1e-3);
                INDArray expected = robust.gradients().get(name).add(penalty);
                double error =
                        both.gradients().get(name).sub(expected).normmaxNumber().doubleValue();
                // Sums in another order.
                assertThat(error).as(name).isLessThan(1e-12);
            }
        }
    }

    @Test
    void aPenaltyIsReportedAndItsGraphTrainsOn() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        JacobianRegularizer.frobenius(sd).lambda(.1).name("smooth").attach();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(2)
                .objective(Arow.linf(.1).build())
                .build()
                .fit(data());
        assertThat(history.last().losses())
                .containsOnlyKeys(
                        "jacreg/objective/clean", "jacreg/objective/divergence", "jacreg/objective/penalty_of/smooth");
        assertThat(history.last().penalties()).containsOnlyKeys("smooth");
        assertThat(sd.getLossVariables()).containsExactly("jacreg/total");
        sd.fit(data(), 1);
        RegularizedGraph.of(sd).detach();
    }
}
