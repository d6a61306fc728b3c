package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.jacreg.gradient.Gradients;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.autodiff.samediff.ops.SDNN;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.DivideNoNan;
import org.nd4j.linalg.api.ops.impl.transforms.custom.ThresholdRelu;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Kinks, ties and edges of activations, selections, norms and losses, and far out where naive formulas overflow. */
class SelectionKinksTest {

    private static final double SELU_SLOPE_AT_ZERO = 1.0507009873554805 * 1.6732632423543772;

    static List<Arguments> pointwise() {
        return List.of(
                row("hardtanh'(1) = 1", x -> nn(x).hardTanh(x), 1, 1),
                row("hardtanh'(-1) = 1", x -> nn(x).hardTanh(x), -1, 1),
                row("hard sigmoid'(2.5) = slope", x -> nn(x).hardSigmoid(x), 2.5, 0.2f),
                row("relu6'(0) = 0", x -> nn(x).relu6(x, 0), 0, 0),
                row("relu6'(6) = 1", x -> nn(x).relu6(x, 0), 6, 1),
                row("selu'(0) from the left", x -> nn(x).selu(x), 0, SELU_SLOPE_AT_ZERO),
                row("softsign'(0) = 1", x -> nn(x).softsign(x), 0, 1),
                row("rectified tanh'(0) = 0", x -> math(x).rectifiedTanh(x), 0, 0),
                row(
                        "thresholded relu at its cutoff",
                        x -> new ThresholdRelu(x.getSameDiff(), x, 0.5).outputVariable(),
                        0.5,
                        0),
                row("max(x, 2) at 2: x is first", x -> x.getSameDiff().scalarMax(x, 2), 2, 1),
                row("min(x, 2) at 2: x is first", x -> x.getSameDiff().scalarMin(x, 2), 2, 1),
                row("clip at its lower edge", x -> math(x).clipByValue(x, -1, 2), -1, 1),
                row("clip at its upper edge", x -> math(x).clipByValue(x, -1, 2), 2, 1),
                row("max(x, x): the first", x -> math(x).max(x, x.mul(3)), 0, 1),
                row("max(3x, x): the first", x -> math(x).max(x.mul(3), x), 0, 3),
                row("min(x, 3x): the first", x -> math(x).min(x, x.mul(3)), 0, 1),
                row("merged maximum: the first", x -> math(x).mergeMax(x.mul(2), x, x.mul(3)), 0, 2),
                row("a replaced NaN is constant", SelectionKinksTest::logWithoutNan, -1, 0),
                row("0^2", x -> math(x).pow(x, 2), 0, 0),
                row("0^b by b", x -> math(x).pow(x.mul(0), x), 2, 0),
                row("atan2(0, 0) = 0", x -> math(x).atan2(x, x), 0, 0),
                row("x / 0 without NaN", x -> new DivideNoNan(x.getSameDiff(), x, x.mul(0)).outputVariable(), 3, 0),
                row("log sigmoid' far left", x -> nn(x).logSigmoid(x), -1000, 1),
                row("log sigmoid' far right", x -> nn(x).logSigmoid(x), 1000, 0),
                row("selu' far right", x -> nn(x).selu(x), 1000, 1.0507009873554805),
                row("selu' far left", x -> nn(x).selu(x), -1000, 0),
                row("softsign' far left", x -> nn(x).softsign(x), -1e9, 0),
                row("rational tanh' far right", x -> math(x).rationalTanh(x), 1e9, 0),
                row("erf' far left", x -> math(x).erf(x), -1e9, 0),
                row("expm1' far left", x -> math(x).expm1(x), -1000, 0));
    }

    private static SDVariable logWithoutNan(SDVariable x) {
        return x.getSameDiff().replaceWhere(math(x).log(x), 7, Conditions.isNan());
    }

    private static SDNN nn(SDVariable x) {
        return x.getSameDiff().nn();
    }

    private static SDMath math(SDVariable x) {
        return x.getSameDiff().math();
    }

    private static Arguments row(String name, UnaryOperator<SDVariable> function, double at, double derivative) {
        return Arguments.of(name, function, at, derivative);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pointwise")
    void derivative(String name, UnaryOperator<SDVariable> function, double at, double derivative) {
        double[] jacobian = jacobian(function, at);
        // The values are exact in the limit; 1e-12 is rounding.
        assertThat(jacobian[0]).isCloseTo(derivative, Offset.offset(1e-12));
    }

    /** The derivatives of one number by the entries of a row. */
    private static double[] jacobian(UnaryOperator<SDVariable> function, double... at) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, at.length);
        sd.reshape("y", function.apply(x), -1, 1);
        INDArray point = Nd4j.createFromArray(at).reshape(1, at.length);
        return Jacobian.builder(sd)
                .logits("y")
                .build()
                .compute(point)
                .dup()
                .data()
                .asDouble();
    }

    @Test
    void theFirstOfEqualExtremesTakesTheCotangent() {
        assertThat(jacobian(x -> x.max(1), 1, 3, 3, 2)).containsExactly(0, 1, 0, 0);
        assertThat(jacobian(x -> x.min(1), 2, 1, 3, 1)).containsExactly(0, 1, 0, 0);
        assertThat(jacobian(x -> x.getSameDiff().math().reduceAMax(x, 1), 1, -3, 3))
                .containsExactly(0, -1, 0);
        assertThat(jacobian(x -> x.getSameDiff().math().reduceAmin(x, 1), 0, 0, 3))
                .containsExactly(0, 0, 0);
        assertThat(jacobian(x -> x.normmax(1), -2, 2, 1)).containsExactly(-1, 0, 0);
    }

    @Test
    void theFirstOfEqualExtremesIsFoundAcrossAxes() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 2, 2);
        sd.max(x, 1, 3).rename("y");
        INDArray tied = Nd4j.createFromArray(1.0, 5, 4, 3, 5, 2, 4, 4).reshape(1, 2, 2, 2);
        INDArray jacobian = Jacobian.builder(sd).logits("y").build().compute(tied);
        // Output 0 folds entries 0, 1, 4, 5 and output 1 folds 2, 3, 6, 7.
        assertThat(jacobian.dup().data().asDouble()).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
    }

    @Test
    void normsAndDeviationsAreFlatAtZero() {
        assertThat(jacobian(x -> x.norm2(1), 0, 0)).containsExactly(0, 0);
        assertThat(jacobian(x -> x.norm1(1), 0, 2)).containsExactly(0, 1);
        assertThat(jacobian(x -> x.getSameDiff().standardDeviation(x, true, 1), 3, 3))
                .containsExactly(0, 0);
        assertThat(jacobian(x -> math(x).euclideanDistance(x, x.mul(2), 1), 0, 0))
                .containsExactly(0, 0);
    }

    @Test
    void productsAreRightWhereFactorsAreZero() {
        assertThat(jacobian(x -> x.prod(1), 0, 2, 3)).containsExactly(6, 0, 0);
        assertThat(jacobian(x -> x.prod(1), 0, 2, 0)).containsExactly(0, 0, 0);
    }

    @Test
    void losses() {
        LossReduce kept = LossReduce.NONE;
        assertThat(jacobian(x -> x.getSameDiff().loss().absoluteDifference(x.mul(0), x, null, kept), 0))
                .containsExactly(new double[] {0}, Offset.offset(0.0));
        // The label is 1: the loss is max(0, 1 - x).
        assertThat(jacobian(x -> x.getSameDiff().loss().hingeLoss(x.mul(0).add(1), x, null, kept), 1))
                .containsExactly(new double[] {0}, Offset.offset(0.0));
        assertThat(jacobian(x -> x.getSameDiff().loss().huberLoss(x.mul(0), x, null, kept, 0.5), 0.5))
                .containsExactly(0.5);
        assertThat(jacobian(x -> x.getSameDiff().loss().sigmoidCrossEntropy(x.mul(0), x, null, kept, 0), 1000))
                .containsExactly(1);
    }

    /** ND4J's copy of a biased variance is a corrected one, so this is the only way to it. */
    @Test
    void aBiasedVarianceIsRightInPlace() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable gradient = Gradients.gradientOf(sd.variance(x, false, 1), x);
        INDArray point = Nd4j.createFromArray(new double[][] {{1, 2, 6}});
        double[] actual = sd.outputSingle(Map.of("x", point), gradient.name())
                .dup()
                .data()
                .asDouble();
        // 2 (x - 3) / 3; the quotients differ from these by rounding.
        assertThat(actual).containsExactly(new double[] {-4.0 / 3, -2.0 / 3, 2}, Offset.offset(1e-15));
    }

    @Test
    void conditionsThatNd4jDoesNotComputeAreRefused() {
        assertThatThrownBy(() -> jacobian(x -> x.getSameDiff().replaceWhere(x, 7, Conditions.isFinite()), 1))
                .hasMessageContaining("IS_FINITE");
    }

    private static SDVariable clipByTrained(SDVariable x) {
        SameDiff sd = x.getSameDiff();
        return sd.clipByValue(x, sd.var("least", Nd4j.scalar(-1.0)), sd.constant(2.0));
    }

    @Test
    void clippingByATrainedBoundIsRefused() {
        assertThatThrownBy(() -> jacobian(SelectionKinksTest::clipByTrained, 1))
                .hasMessageContaining("clip with numbers");
    }
}
