package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Losses that are kept sample by sample and folded by the user. ND4J's loss ops take every gradient that reaches them for a
 * one, even a zero (docs/nd4j-bugs.md), so nothing in the penalty may seem to depend on a loss.
 */
class FoldedLossTest {

    @ParameterizedTest
    @ValueSource(strings = {"sparse mean", "kept mean", "kept sum", "scaled mean"})
    void gradientOfTheInputGradientPenalty(String kind) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        Map<String, INDArray> fed = Map.of(
                "x", SmallNets.inputs(DataType.DOUBLE, 4, 3, 4),
                "label", Nd4j.createFromArray(new double[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}),
                "index", Nd4j.createFromArray(1, 0, 2));
        sd.setLossVariables(loss(sd, kind).name());
        RegularizedGraph graph =
                JacobianRegularizer.inputGradient(sd).logits("logits").attach();
        String penalty = graph.penalty().name();
        sd.setLossVariables(penalty);
        Map<String, INDArray> gradients = sd.calculateGradients(fed, List.of("W1", "b1", "W2", "b2"));
        gradients.forEach((name, actual) -> {
            INDArray expected = CentralDifferences.gradient(
                    sd.getVariable(name).getArr(),
                    () -> sd.outputSingle(fed, penalty).getDouble(0));
            // Central differences with step 1e-5 err by about 1e-10.
            assertThat(actual.sub(expected).normmaxNumber().doubleValue())
                    .as(name)
                    .isLessThan(1e-7);
        });
    }

    private static SDVariable loss(SameDiff sd, String kind) {
        SDVariable logits = sd.getVariable("logits");
        SDVariable index = sd.placeHolder("index", DataType.INT32, -1);
        SDVariable sparse = sd.loss().sparseSoftmaxCrossEntropy(logits, index);
        SDVariable kept = sd.loss()
                .softmaxCrossEntropy(
                        "kept", sd.getVariable("label"), logits, sd.constant(Nd4j.scalar(1.0)), LossReduce.NONE, 0);
        return switch (kind) {
            case "sparse mean" -> sparse.mean("folded");
            case "kept mean" -> kept.mean("folded");
            case "kept sum" -> kept.sum("folded");
            default -> sparse.mul(2.0).mean("folded");
        };
    }
}
