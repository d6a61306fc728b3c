package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.factory.Nd4j;

/** What the table of rules cannot say of recurrent layers: refusals, longer sequences, batches of one. */
class RecurrentLayersTest {

    private static final int STEPS = 5;

    @Test
    void whatHasNoRuleIsRefusedByName() {
        assertRefused(config().cellClip(0.5), "clipped cell state");
        assertRefused(config().gateAct(LSTMActivations.HARD_SIGMOID), "activation number 7");
        assertRefused(
                config().directionMode(LSTMDirectionMode.BIDIR_CONCAT)
                        .retFullSequence(false)
                        .retLastH(true),
                "take it from the sequence");
    }

    private static void assertRefused(LSTMLayerConfig.LSTMLayerConfigBuilder config, String reason) {
        SameDiff sd = network(config.build());
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("op 'lstmLayer' computing")
                .hasMessageContaining(reason);
    }

    @Test
    void theJacobianOfALongerSequenceIsThatOfDifferences() {
        SameDiff sd = network(config().build());
        INDArray x = OpSpec.random(new Random(1), -1, 1, 2, STEPS, 2);
        INDArray actual = Jacobian.builder(sd).logits("y").build().compute(x);
        INDArray expected = CentralDifferences.jacobian(sd, x, "y");
        assertThat(CentralDifferences.distance(actual.reshape(expected.shape()), expected))
                .isLessThan(CentralDifferences.TOLERANCE);
    }

    /** ND4J cannot differentiate some slices of a single row. */
    @Test
    void thePenaltyOfABatchOfOneHasAGradient() {
        SameDiff sd = network(config().build());
        sd.getVariable("y").mmul(sd.constant(Nd4j.ones(DataType.DOUBLE, 2, 1))).mean("loss");
        sd.setLossVariables("loss");
        JacobianRegularizer.frobenius(sd).logits("y").attach();
        sd.setLossVariables("jacreg/penalty");
        Map<String, INDArray> fed = Map.of("x", OpSpec.random(new Random(1), -1, 1, 1, STEPS, 2));
        List<String> weights = List.of("wx", "wr", "b");
        Map<String, INDArray> gradients = sd.calculateGradients(fed, weights);
        for (String weight : weights) {
            assertThat(CentralDifferences.distanceByWeight(sd, fed, "jacreg/penalty", weight, gradients.get(weight)))
                    .as(weight)
                    .isLessThan(CentralDifferences.TOLERANCE);
        }
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder config() {
        return LSTMLayerConfig.builder().lstmdataformat(LSTMDataFormat.NTS).retFullSequence(true);
    }

    private static SameDiff network(LSTMLayerConfig config) {
        boolean two = config.getDirectionMode() == LSTMDirectionMode.BIDIR_CONCAT;
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, STEPS, 2);
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(two ? OpSpecs.weight(sd, "wx", 2, 2, 8) : OpSpecs.weight(sd, "wx", 2, 8))
                .rWeights(two ? OpSpecs.weight(sd, "wr", 2, 2, 8) : OpSpecs.weight(sd, "wr", 2, 8))
                .bias(two ? OpSpecs.weight(sd, "b", 2, 8) : OpSpecs.weight(sd, "b", 8))
                .build();
        SDVariable layer = sd.rnn().lstmLayer(x, weights, config)[0];
        // The last outputs of two directions come as [2, N, units].
        SDVariable out = two && !config.isRetFullSequence() ? sd.permute(layer, 1, 0, 2) : layer;
        long features = (two ? 4 : 2) * (config.isRetFullSequence() ? STEPS : 1);
        sd.reshape(out, -1, features).mmul("y", OpSpecs.weight(sd, "W", features, 2));
        return sd;
    }
}
