package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.classifier.Classifier;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Attacks on SameDiff graphs against PyTorch's, in float64. The recorded points are last iterates, so they are compared with
 * the last point the attack evaluates; the recorded values are exact to about 1e-10 (see their README).
 */
class GoldenAttacksTest {

    private static final double TOLERANCE = 1e-9;

    static List<GoldenCase> cases() {
        return Golden.all().stream().filter(c -> !c.probabilities()).toList();
    }

    @Test
    void denseConvAndPoolingCasesAreCovered() {
        assertThat(cases())
                .extracting(GoldenCase::name)
                .contains("mlp_relu", "mlp_tanh_b1_c2", "conv_maxpool_dense", "conv_avgpool_dense", "conv_padded")
                .hasSizeGreaterThanOrEqualTo(27);
    }

    private static NormBall ball(JsonNode attack) {
        double epsilon = attack.get("eps").asDouble();
        return attack.get("norm").asText().equals("linf") ? NormBall.linf(epsilon) : NormBall.l2(epsilon);
    }

    private static LastPoint model(GoldenCase golden, JsonNode attack) {
        var builder = Classifier.of(GoldenGraph.build(golden, DataType.DOUBLE)).logits(GoldenGraph.output(golden));
        JsonNode clip = attack.get("clip");
        if (!clip.isNull()) {
            builder.bounds(clip.get(0).asDouble(), clip.get(1).asDouble());
        }
        return LastPoint.of(builder.build());
    }

    /** ND4J keeps the slope 0.01 of a leaky ReLU in single precision, which is wrong by 2e-8 of it. */
    private static double tolerance(GoldenCase golden) {
        return golden.ops().contains("leakyrelu") ? 2e-8 : TOLERANCE;
    }

    private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double[] got = ContractChecks.values(actual);
        double[] wanted = ContractChecks.values(expected);
        for (int k = 0; k < got.length; k++) {
            assertThat(got[k]).isCloseTo(wanted[k], offset(tolerance));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fgsm(GoldenCase golden) {
        for (String name : List.of("fgsm_linf", "fgsm_linf_clip", "fgsm_l2", "fgsm_l2_clip")) {
            JsonNode attack = golden.attack(name);
            LastPoint model = model(golden, attack);
            Fgsm.in(ball(attack)).build().attack(model, golden.array("x"), golden.oneHot());
            assertClose(model.last().get(), GoldenCase.parse(attack.get("x_adv")), tolerance(golden));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pgd(GoldenCase golden) {
        for (String name : List.of("pgd_linf", "pgd_l2")) {
            JsonNode attack = golden.attack(name);
            LastPoint model = model(golden, attack);
            AttackResult result = Pgd.in(ball(attack))
                    .steps(attack.get("steps").asInt())
                    .stepSize(attack.get("alpha").asDouble())
                    .projection(Projection.RESCALE_THEN_CLIP)
                    .build()
                    .attackFrom(
                            model,
                            golden.array("x"),
                            Nd4j.createFromArray(golden.labels()),
                            GoldenCase.parse(attack.get("start")));
            INDArray recorded = GoldenCase.parse(attack.get("x_adv"));
            assertClose(model.last().get(), recorded, tolerance(golden));
            double[][] z = model.logits(recorded).toDoubleMatrix();
            for (int n = 0; n < golden.batch(); n++) {
                double recordedLoss = ClosedFormNet.crossEntropy(z[n], golden.labels()[n]);
                // the tolerance of the points, through a loss with slope of order 1
                assertThat(result.outcomes().get(n).extremeLoss()).isGreaterThanOrEqualTo(recordedLoss - 1e-7);
            }
        }
    }
}
