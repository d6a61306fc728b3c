package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jacreg.nets.ObjectiveContract;
import org.jacreg.nets.PreparedObjective;
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
import org.nd4j.linalg.learning.config.Adam;

class GraphStaysTest extends ObjectiveContract {

    private static final int CLASSES = 3;

    private final INDArray x = Nets.inputs(DataType.DOUBLE, 1, 10);
    private final INDArray labels = Rows.oneHot(Nets.classes(2, 10, CLASSES), CLASSES, DataType.DOUBLE);

    static List<Objective> objectives() {
        return Objectives.all(CLASSES);
    }

    private ViewIterator data() {
        return new ViewIterator(new DataSet(x, labels), 4);
    }

    @Override
    protected SameDiff network() {
        return Nets.trained(Nets.mlp(DataType.DOUBLE, CLASSES), new Adam(.01));
    }

    @Override
    protected INDArray inputs(long seed) {
        return Nets.inputs(DataType.DOUBLE, seed, 10);
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
        try (PreparedObjective prepared =
                new PreparedObjective(sd, Trades.linf(.1).build(), x, labels)) {
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
        try (PreparedObjective robust = new PreparedObjective(alone, objective, x, labels);
                PreparedObjective both = new PreparedObjective(penalised, objective, x, labels)) {
            assertThat(both.fed().get(Branches.ATTACKED)).isEqualTo(robust.fed().get(Branches.ATTACKED));
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
