package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** ARoW's weight with a one-step attack, against the attack done by hand with SameDiff's own input gradient. */
class AdversarialWeightsTest {

    private static final double EPSILON = 0.2;

    private static final Map<String, INDArray> FED = Map.of(
            "x", SmallNets.inputs(DataType.DOUBLE, 41, 5, 4), "label", SmallNets.labels(DataType.DOUBLE, 42, 5, 3));

    /** The weighted penalty with the attacked input held at a given value. */
    private static double byHand(SameDiff sd, INDArray attacked) {
        INDArray p = Transforms.softmax(sd.outputSingle(Map.of("x", attacked), "logits"), true);
        INDArray jacobian = CentralDifferences.jacobian(sd, "x", "logits", FED.get("x"));
        double total = 0;
        for (int n = 0; n < 5; n++) {
            double probability =
                    p.getRow(n).mul(FED.get("label").getRow(n)).sumNumber().doubleValue();
            total += (1 - probability)
                    * Transforms.abs(jacobian.slice(n)).sumNumber().doubleValue();
        }
        return total / 5;
    }

    private static INDArray attacked(SameDiff sd) {
        INDArray gradient = sd.calculateGradients(FED, "x").get("x");
        return FED.get("x").add(Transforms.sign(gradient, true).mul(EPSILON));
    }

    private static RegularizedGraph attach(SameDiff sd) {
        return JacobianRegularizer.l11(sd)
                .weights(SampleWeights.adversarial(EPSILON))
                .attach();
    }

    @Test
    void theWeightIsOneMinusTheProbabilityUnderAttack() {
        SameDiff plain = SmallNets.mlp(DataType.DOUBLE);
        double expected = byHand(plain, attacked(plain));
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        double actual = attach(sd).penalty().eval(FED).getDouble(0);
        // Central differences with step 1e-5 err by 1e-10.
        assertThat(actual).isCloseTo(expected, within(1e-8));
        double clean = byHand(plain, FED.get("x"));
        assertThat(actual).as("less sure under attack").isGreaterThan(clean);
    }

    @Test
    void theGradientHoldsTheAttackedInputFixed() {
        SameDiff plain = SmallNets.mlp(DataType.DOUBLE);
        INDArray attacked = attacked(plain);
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        String penalty = attach(sd).penalty().name();
        sd.setLossVariables(penalty);
        Map<String, INDArray> gradients = sd.calculateGradients(FED, "W1", "b1", "W2", "b2");
        for (String name : gradients.keySet()) {
            INDArray weights = plain.getVariable(name).getArr();
            INDArray expected = CentralDifferences.gradient(weights, () -> byHand(plain, attacked));
            // Differences of differences: rounding of 1e-11 in the inner ones, divided by the outer step of 1e-5.
            assertThat(gradients.get(name).sub(expected).normmaxNumber().doubleValue())
                    .as(name)
                    .isLessThan(1e-4);
        }
    }

    @Test
    void withoutKnownLabelsItIsRefusedAndTheGraphStays() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        x.mmul("z", sd.var("w", Nd4j.ones(DataType.DOUBLE, 3, 2))).std("loss", true, 0, 1);
        sd.setLossVariables("loss");
        byte[] before = sd.asFlatBuffers(true).array().clone();
        for (SampleWeights weights : new SampleWeights[] {SampleWeights.labelAware(), SampleWeights.adversarial(0.1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JacobianRegularizer.frobenius(sd)
                            .logits("z")
                            .weights(weights)
                            .attach())
                    .withMessageContaining(".label(");
        }
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }
}
