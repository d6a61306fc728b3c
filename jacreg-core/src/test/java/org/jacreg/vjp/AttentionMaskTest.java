package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.gradient.Gradients;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The derivative by a mask that varies. A mask is multiplied by 10^9 and so granular to 2e-7 in the scores, which no difference
 * can resolve; the oracle is the same network written out of basic ops, which are tested one by one.
 */
class AttentionMaskTest {

    private static final int FEATURES = 3;
    private static final int STEPS = 4;

    private final SameDiff sd = SameDiff.create();
    private final SDVariable x = sd.placeHolder("x", DataType.DOUBLE, 2, FEATURES, STEPS);
    private final SDVariable mask = sd.var("mask", almostOnes());
    private final SDVariable projection = sd.var("p", OpSpec.random(new Random(2), -1, 1, 1, FEATURES, FEATURES));
    private final SDVariable output = sd.var("o", OpSpec.random(new Random(3), -1, 1, FEATURES, FEATURES));

    /** Within some 10^-9 of 1, so that scores are moved by some units. */
    private static INDArray almostOnes() {
        return OpSpec.random(new Random(1), -1e-9, 1e-9, 2, STEPS).addi(1);
    }

    private SDVariable op(boolean heads) {
        return heads
                ? sd.nn().multiHeadDotProductAttention(x, x, x, projection, projection, projection, output, mask, true)
                : sd.nn().dotProductAttention(x, x, x, mask, true);
    }

    private SDVariable writtenOut(boolean heads) {
        SDVariable q = heads ? project(x, sd.reshape(projection, FEATURES, FEATURES)) : x;
        SDVariable raised = sd.reshape(mask.sub(1).mul(1e9), -1, STEPS, 1);
        SDVariable scores =
                sd.mmul(q, q, true, false, false).div(Math.sqrt(FEATURES)).add(raised);
        SDVariable mixed = sd.mmul(q, sd.nn().softmax(scores, 1));
        return heads ? project(mixed, sd.permute(output, 1, 0)) : mixed;
    }

    private SDVariable project(SDVariable values, SDVariable matrix) {
        SDVariable rows = sd.reshape(sd.permute(values, 0, 2, 1), -1, FEATURES);
        SDVariable product = sd.mmul(rows, matrix, false, true, false);
        return sd.permute(sd.reshape(product, -1, STEPS, FEATURES), 0, 2, 1);
    }

    private double distance(boolean heads, VjpRules rules) {
        Map<String, INDArray> fed = Map.of("x", OpSpec.random(new Random(4), -1, 1, 2, FEATURES, STEPS));
        SDVariable one = sd.math().square(op(heads)).sum();
        SDVariable two = sd.math().square(writtenOut(heads)).sum();
        assertThat(value(fed, one).getDouble(0))
                .isCloseTo(value(fed, two).getDouble(0), org.assertj.core.data.Offset.offset(1e-12));
        INDArray actual =
                value(fed, Gradients.gradientsOf(one, List.of(mask), rules).get(0));
        INDArray expected = value(fed, Gradients.gradientOf(two, mask));
        assertThat(expected.normmaxNumber().doubleValue()).isGreaterThan(1e6);
        return CentralDifferences.distance(actual, expected);
    }

    private INDArray value(Map<String, INDArray> fed, SDVariable variable) {
        return sd.outputSingle(fed, variable.name()).dup();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientByTheMask(boolean heads) {
        assertThat(distance(heads, VjpRules.standard())).isLessThan(1e-10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPlantedFaultIsCaught(boolean heads) {
        String op = heads ? "multi_head_dot_product_attention" : "dot_product_attention";
        int input = heads ? 7 : 3;
        VjpRules rules = VjpRules.standard();
        VjpRule rule = java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(rules.find(op)).rule(input));
        VjpRules faulty =
                rules.with(op, input, (context, ct) -> rule.vjp(context, ct).mul(1.001));
        assertThat(distance(heads, faulty)).isGreaterThan(1e-4);
    }
}
