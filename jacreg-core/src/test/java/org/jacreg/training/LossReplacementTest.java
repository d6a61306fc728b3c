package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jacreg.classifier.InputBox;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.OpCopy;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.LossReplacement.NamedTerm;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Terms take the place of losses, or stand beside them, and are gone afterwards; what objectives ask of graphs and batches. */
class LossReplacementTest {

    private static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }

    private static NamedTerm squares(SameDiff sd) {
        return new NamedTerm(
                "squares", sd.math().square(sd.getVariable("logits")).mean());
    }

    @Test
    void replacedAreLossesOfLabels() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable norm = sd.math().square(sd.getVariable("W1")).sum("norm");
        sd.setLossVariables("loss", norm.name());
        JacobianRegularizer.frobenius(sd).lambda(0.1).name("smooth").attach();
        byte[] before = bytes(sd);
        GraphModel model = ModelNames.INFERRED.in(sd);
        LossReplacement terms = LossReplacement.of("test", model, true, () -> List.of(squares(sd)));
        assertThat(sd.getLossVariables())
                .containsExactly("jacreg/objective/squares", "norm", "jacreg/objective/penalty_of/smooth");
        terms.close();
        terms.close();
        assertThat(bytes(sd)).isEqualTo(before);
        assertThat(sd.getFunction("grad")).isNotNull();
    }

    @Test
    void besideMeansBeside() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = bytes(sd);
        GraphModel model = ModelNames.INFERRED.in(sd);
        try (LossReplacement terms = LossReplacement.beside("test", model, false, () -> squares(sd))) {
            assertThat(sd.getLossVariables()).containsExactly("loss", "jacreg/objective/squares");
            assertThatThrownBy(() -> LossReplacement.beside("again", model, false, () -> squares(sd)))
                    .hasMessageContaining("another objective is in use");
        }
        assertThat(bytes(sd)).isEqualTo(before);
    }

    @Test
    void failuresLeaveTheGraph() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.calculateGradients(
                Map.of(
                        "x",
                        SmallNets.inputs(DataType.DOUBLE, 1, 2, 4),
                        "label",
                        SmallNets.labels(DataType.DOUBLE, 1, 2, 3)),
                "W1");
        byte[] before = bytes(sd);
        GraphModel model = ModelNames.INFERRED.in(sd);
        assertThatThrownBy(() -> LossReplacement.<Integer>start(sd, hadGradients -> {
                    assertThat(hadGradients).isTrue();
                    LossReplacement.of("test", model, hadGradients, () -> {
                        squares(sd);
                        throw new IllegalArgumentException("cannot");
                    });
                    return 1;
                }))
                .hasMessage("cannot");
        assertThat(bytes(sd)).isEqualTo(before);
        assertThat(sd.getFunction("grad")).isNotNull();
        try (NameScope open = sd.withNameScope("open")) {
            assertThatThrownBy(() -> LossReplacement.of("test", model, false, () -> List.of(squares(sd))))
                    .hasMessageContaining("close the name scope 'open'");
        }
    }

    @Test
    void namesAreThoseGiven() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        ModelNames names =
                ModelNames.INFERRED.withInput("x").withLogits("logits").withLabel("label");
        assertThat(names).hasToString("[input=x, logits=logits, label=label]");
        assertThat(ModelNames.INFERRED).hasToString("inferred");
        assertThat(names.in(sd).label()).contains("label");
        assertThat(ModelNames.classifier(names.in(sd), new InputBox(-9, 9)).classes())
                .isEqualTo(3);
        SameDiff single = SmallNets.linear(new double[][] {{1, 2}}, new double[] {0});
        assertThatThrownBy(() -> ModelNames.classifier(names.in(single), InputBox.unbounded()))
                .hasMessageContaining("at least 2 classes");
    }

    @Test
    void batchesSayWhatIsMissing() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 2, 4);
        TrainingBatch batch = new TrainingBatch(Map.of("x", x, "n", x.castTo(DataType.INT32)), 0, 0, true);
        assertThat(batch.floatingPoint("x", "test")).isSameAs(x);
        assertThatThrownBy(() -> batch.array("y", "test"))
                .hasMessageContaining("test needs values of 'y'")
                .hasMessageContaining("dataSetLabelMapping");
        assertThatThrownBy(() -> batch.floatingPoint("n", "test")).hasMessageContaining("they are INT");
    }

    /** An op once more, on its own input moved. */
    @Test
    void opsAreCopied() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        GraphOp product = GraphModel.of(sd).path().get(0);
        SDVariable twice = sd.getVariable("x").mul(2);
        SDVariable copy = OpCopy.emit(sd, product, List.of(twice, sd.getVariable("W1")));
        Map<String, INDArray> fed = Map.of("x", SmallNets.inputs(DataType.DOUBLE, 1, 2, 4));
        double expected = 2 * sd.outputSingle(fed, product.outputs().get(0)).getDouble(1, 2);
        assertThat(sd.outputSingle(fed, copy.name()).getDouble(1, 2)).isCloseTo(expected, within(1e-14));
    }
}
