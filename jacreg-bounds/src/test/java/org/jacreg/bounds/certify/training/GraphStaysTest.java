package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.nets.ObjectiveContract;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Checkpointing;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;

class GraphStaysTest extends ObjectiveContract {

    /** One iteration a step: directions lag behind the weights, so that a resumed run that estimates them anew shows. */
    static List<Objective> objectives() {
        return List.of(
                IntervalBoundTraining.linf(.1).bounds(0, 1).ramp(1, 3).build(),
                CrownIbpTraining.linf(.1).bounds(0, 1).ramp(1, 3).build(),
                GloroTraining.l2(.1).ramp(1, 3).iterations(1).build(),
                LipschitzMarginTraining.l2(.1).iterations(1).build());
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

    @Override
    protected SameDiff network() {
        return Nets.mlp();
    }

    @Override
    protected INDArray inputs(long seed) {
        return Nets.inputs(Nets.mlp(), seed, 10);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aStartThatFailsLeavesEveryByte(Objective objective) {
        SameDiff sd = withUnknownOp(Nets.mlp());
        byte[] before = bytes(sd);
        assertThatThrownBy(() -> objective.start(sd)).isInstanceOf(UntrainableGraphException.class);
        assertThat(GraphDecoration.isDecorated(sd)).isFalse();
        assertThat(bytes(sd)).isEqualTo(before);
    }

    private static SameDiff withUnknownOp(SameDiff sd) {
        SDVariable z = sd.getVariable("logits");
        SDVariable gated = z.mul(sd.math().sin(z));
        sd.loss().softmaxCrossEntropy("other", sd.getVariable("label"), gated, null);
        sd.setLossVariables("other");
        return sd;
    }

    @Test
    void checkpointsOfOtherObjectivesAreRefusedBeforeAnythingChanges(@TempDir Path directory) {
        Objective gloro = objectives().get(2);
        Path plain = directory.resolve("plain.zip");
        Path carried = directory.resolve("carried.zip");
        kept(Nets.mlp(), Objective.lossVariables(), 1, plain).fit(data(Nets.mlp()));
        kept(Nets.mlp(), gloro, 1, carried).fit(data(Nets.mlp()));
        SameDiff sd = Nets.mlp();
        assertThatThrownBy(() -> kept(sd, gloro, 2, plain).resume(data(sd)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did not keep directions");
        assertThatThrownBy(() -> kept(sd, Objective.lossVariables(), 2, carried).resume(data(sd)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another objective carries");
        assertThat(sd.getTrainingConfig().getIterationCount()).isZero();
        Map<String, INDArray> fresh = SmallNets.weights(Nets.mlp());
        SmallNets.weights(sd)
                .forEach((name, weight) -> assertThat(weight).as(name).isEqualTo(fresh.get(name)));
    }

    private static RobustTrainer kept(SameDiff sd, Objective objective, int epochs, Path file) {
        return RobustTrainer.of(sd)
                .epochs(epochs)
                .objective(objective)
                .checkpoint(Checkpointing.to(file))
                .build();
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
        try (PreparedObjective prepared = new PreparedObjective(sd, objectives().get(0), x(sd), labels(), 2)) {
            assertThat(sd.getLossVariables())
                    .containsExactly("jacreg/objective/clean", "jacreg/objective/worst", "norm");
            assertThat(prepared.loss()).isFinite();
        }
        assertThat(sd.getLossVariables()).containsExactly("loss", "norm");
    }
}
