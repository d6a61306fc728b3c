package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Surrogates on the linear model whose first-order, true and surrogate losses are known in closed form. */
class SurrogateLossTest {

    /** The reference values have ten digits after the point. */
    private static final double DIGITS = 1e-9;

    private static final double L2_FIRST_ORDER = 0.7730858216;
    private static final double L2_TRUE = 0.7836521524;
    private static final double LINF_FIRST_ORDER = 0.8174566795;
    private static final double LINF_TRUE = 0.8363589037;

    private static SameDiff linear() {
        return SmallNets.linear(new double[][] {{1, -2}, {0.5, 1}, {-1, 0.25}}, new double[] {0.1, -0.2, 0.05});
    }

    private static final Map<String, INDArray> FED = Map.of(
            SmallNets.INPUT, Nd4j.createFromArray(new double[][] {{0.3, -0.1}}),
            SmallNets.LABEL, Nd4j.createFromArray(new double[][] {{1, 0, 0}}));

    static List<Arguments> values() {
        return List.of(
                Arguments.of("linf", SurrogateLoss.linf(linear()), 1.2111685830),
                Arguments.of("linf, columns", SurrogateLoss.linf(linear()).columns(), 1.1664986689),
                Arguments.of("l2", SurrogateLoss.l2(linear()), 1.0185950465),
                Arguments.of("l2, operator norm", SurrogateLoss.l2(linear()).operatorNorm(), 0.9797163419),
                Arguments.of("marginwise l2", SurrogateLoss.marginwise(linear(), SurrogateLoss.Norm.L2), 0.7900753754),
                Arguments.of(
                        "marginwise linf", SurrogateLoss.marginwise(linear(), SurrogateLoss.Norm.LINF), LINF_TRUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void knownValues(String name, SurrogateLoss surrogate, double expected) {
        assertThat(total(surrogate.epsilon(0.1))).isCloseTo(expected, within(DIGITS));
    }

    private static double total(SurrogateLoss surrogate) {
        RegularizedGraph graph = surrogate.attach();
        return graph.graph().outputSingle(FED, graph.total().name()).getDouble(0);
    }

    @Test
    void labelAwareFormsLieBetweenTheFirstOrderLossAndTheFullSurrogate() {
        double l2 = total(SurrogateLoss.l2(linear()).labelAware().epsilon(0.1));
        double linf = total(SurrogateLoss.linf(linear()).labelAware().epsilon(0.1));
        assertThat(l2).isBetween(L2_FIRST_ORDER, 1.0185950465);
        assertThat(linf).isBetween(LINF_FIRST_ORDER, 1.2111685830);
        // p_y = 0.52931658, ||J||_{1,1} = 5.75, ||J||_F = 2.7041634566, cross-entropy 0.6361685830; p_y has eight
        // digits.
        assertThat(linf).isCloseTo(0.6361685830 + 0.1 * (1 - 0.52931658) * 5.75, within(1e-8));
        assertThat(l2).isCloseTo(0.6361685830 + 0.1 * Math.sqrt(2) * (1 - 0.52931658) * 2.7041634566, within(1e-8));
    }

    @Test
    void onALinearModelTheMarginwiseSurrogateIsAboveTheTrueLoss() {
        assertThat(total(SurrogateLoss.marginwise(linear(), SurrogateLoss.Norm.L2)
                        .epsilon(0.1)))
                .isGreaterThan(L2_TRUE);
        assertThat(total(SurrogateLoss.marginwise(linear(), SurrogateLoss.Norm.LINF)
                        .epsilon(0.1)))
                .isGreaterThan(LINF_TRUE - DIGITS);
    }

    @Test
    void theConstantIsAParameter() {
        double once = total(SurrogateLoss.linf(linear()).epsilon(0.1));
        double thrice = total(SurrogateLoss.linf(linear()).lossLipschitz(3).epsilon(0.1));
        assertThat(thrice - once).isCloseTo(2 * 0.1 * 5.75, within(DIGITS));
    }

    @Test
    void integerLabelsAreClassIndices() {
        SameDiff oneHot = SmallNets.mlp(DataType.DOUBLE);
        SameDiff sparse = SmallNets.mlp(DataType.DOUBLE);
        sparse.setLossVariables(new String[0]);
        var label = sparse.placeHolder("index", DataType.INT32, -1);
        sparse.loss()
                .sparseSoftmaxCrossEntropy("nll", sparse.getVariable("logits"), label)
                .mean("mean");
        sparse.setLossVariables("mean");
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 4, 3, 4);
        double one = SurrogateLoss.marginwise(oneHot, SurrogateLoss.Norm.L2)
                .epsilon(0.2)
                .attach()
                .total()
                .eval(Map.of("x", x, "label", Nd4j.createFromArray(new double[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}})))
                .getDouble(0);
        double two = SurrogateLoss.marginwise(sparse, SurrogateLoss.Norm.L2)
                .epsilon(0.2)
                .regularizer()
                .logits("logits")
                .label("index")
                .attach()
                .total()
                .eval(Map.of("x", x, "index", Nd4j.createFromArray(1, 0, 2)))
                .getDouble(0);
        assertThat(two).isCloseTo(one, within(1e-12));
    }

    @Test
    void theSquaredPenaltyWithItsLambdaIsTightAtTheTypicalNorm() {
        double epsilon = 0.3;
        double norm = 2.5;
        double lambda = SurrogateLoss.lambdaForSquaredFrobenius(epsilon, norm);
        double squared = lambda * norm * norm + epsilon * epsilon / (2 * lambda);
        assertThat(squared).isCloseTo(Math.sqrt(2) * epsilon * norm, within(1e-14));
        for (double other : new double[] {0.5, 2, 3, 10}) {
            assertThat(lambda * other * other + epsilon * epsilon / (2 * lambda))
                    .isGreaterThan(Math.sqrt(2) * epsilon * other);
        }
    }

    @Test
    void badSettings() {
        assertThatIllegalStateException()
                .isThrownBy(() -> SurrogateLoss.l2(linear()).attach())
                .withMessageContaining(".epsilon(");
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SurrogateLoss.l2(linear()).epsilon(bad))
                    .withMessageContaining("epsilon");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SurrogateLoss.l2(linear()).lossLipschitz(bad))
                    .withMessageContaining("lossLipschitz");
            assertThatIllegalArgumentException().isThrownBy(() -> SurrogateLoss.lambdaForSquaredFrobenius(0.1, bad));
            assertThatIllegalArgumentException().isThrownBy(() -> SampleWeights.adversarial(bad));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SurrogateLoss.linf(linear()).operatorNorm())
                .withMessageContaining("SurrogateLoss.l2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SurrogateLoss.l2(linear()).columns())
                .withMessageContaining("SurrogateLoss.linf");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SurrogateLoss.marginwise(linear(), SurrogateLoss.Norm.L2)
                        .labelAware());
    }
}
