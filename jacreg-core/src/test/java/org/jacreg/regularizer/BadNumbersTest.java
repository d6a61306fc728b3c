package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Types that differ, values that are not finite, batches without samples. */
class BadNumbersTest {

    private static final DataType F64 = DataType.DOUBLE;

    /** A penalty with a name for reports. */
    record Kind(String name, Function<SameDiff, JacobianRegularizer> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All that do not draw random numbers. */
    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("frobenius", JacobianRegularizer::frobenius),
                new Kind("unsquared", sd -> JacobianRegularizer.frobenius(sd).unsquared()),
                new Kind("margin rows", sd -> JacobianRegularizer.frobenius(sd).marginRows()),
                new Kind("label-aware", sd -> JacobianRegularizer.frobenius(sd).weights(SampleWeights.labelAware())),
                new Kind("l11", JacobianRegularizer::l11),
                new Kind("l21", JacobianRegularizer::l21),
                new Kind("spectral", JacobianRegularizer::spectral),
                new Kind("input gradient", JacobianRegularizer::inputGradient),
                new Kind(
                        "input gradient, l1",
                        sd -> JacobianRegularizer.inputGradient(sd).l1()),
                new Kind(
                        "marginwise",
                        sd -> SurrogateLoss.marginwise(sd, SurrogateLoss.Norm.LINF)
                                .epsilon(0.1)
                                .regularizer()),
                new Kind("surrogate", sd -> SurrogateLoss.linf(sd).epsilon(0.1).regularizer()));
    }

    /** Estimates along random directions. */
    static Stream<Kind> estimates() {
        return Stream.of(
                new Kind("projections", sd -> JacobianRegularizer.frobenius(sd).projections(2)),
                new Kind("projected columns", sd -> JacobianRegularizer.l21(sd).projections(2)),
                new Kind("differences", sd -> JacobianRegularizer.frobenius(sd).finiteDifference()),
                new Kind(
                        "power iteration",
                        sd -> JacobianRegularizer.spectral(sd).powerIterations(2)));
    }

    static Stream<Kind> all() {
        return Stream.concat(kinds(), estimates());
    }

    @ParameterizedTest
    @MethodSource("estimates")
    void mixedTypesOfEstimates(Kind kind) {
        SameDiff sd = net(DataType.FLOAT);
        kind.of().apply(sd).lambda(0.5).attach();
        INDArray x = SmallNets.inputs(F64, 5, 3, 4);
        INDArray gradient = gradient(sd, x);
        assertThat(gradient.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(gradient.norm2Number().doubleValue()).isPositive().isLessThan(100);
        assertThat(value(sd, x)).isPositive().isLessThan(100);
    }

    /** Values and gradients of a float64 input with float32 weights are those of the graph in float64, to float32's rounding. */
    @ParameterizedTest
    @MethodSource("kinds")
    void mixedTypes(Kind kind) {
        SameDiff mixed = net(DataType.FLOAT);
        SameDiff exact = net(F64);
        INDArray x = SmallNets.inputs(F64, 5, 3, 4);
        for (SameDiff sd : List.of(mixed, exact)) {
            kind.of().apply(sd).lambda(0.5).attach();
        }
        INDArray actual = gradient(mixed, x);
        assertThat(actual.dataType()).isEqualTo(DataType.FLOAT);
        // Some tens of roundings of 6e-8.
        close(actual, gradient(exact, x), 1e-5);
        assertThat(value(mixed, x)).isCloseTo(value(exact, x), Offset.offset(1e-5 * value(exact, x)));
    }

    /** x in float64, cast to the type of all else. */
    private static SameDiff net(DataType type) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 4);
        SDVariable inner = type == F64 ? x : x.castTo(type);
        SDVariable h = sd.math().tanh(inner.mmul(sd.var("W", weights(1, 4, 5).castTo(type))));
        SDVariable z = h.mmul("logits", sd.var("V", weights(2, 5, 3).castTo(type)));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", type, -1, 3), z, null);
        return sd;
    }

    private static INDArray weights(long seed, long... shape) {
        return SmallNets.inputs(F64, seed, shape).mul(0.5);
    }

    private static Map<String, INDArray> fed(SameDiff sd, INDArray x) {
        DataType type = sd.getVariable("label").dataType();
        return Map.of("x", x, "label", SmallNets.labels(type, 7, (int) x.size(0), 3));
    }

    private static INDArray gradient(SameDiff sd, INDArray x) {
        return Objects.requireNonNull(sd.calculateGradients(fed(sd, x), "W").get("W"));
    }

    private static double value(SameDiff sd, INDArray x) {
        return sd.outputSingle(fed(sd, x), RegularizedGraph.TOTAL).getDouble(0);
    }

    private static void close(INDArray actual, INDArray expected, double tolerance) {
        double scale = expected.normmaxNumber().doubleValue();
        assertThat(actual.castTo(F64).sub(expected.castTo(F64)).normmaxNumber().doubleValue())
                .isLessThan(tolerance * scale);
    }

    /** The relative error of a rounding is 2^-11 for float16 and 2^-8 for bfloat16; some ten of them add up. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "BFLOAT16"})
    void halfPrecision(DataType type) {
        INDArray x = SmallNets.inputs(F64, 1, 3, 4);
        double tolerance = type == DataType.FLOAT16 ? 1e-2 : 8e-2;
        for (PenaltyKind kind : List.of(PenaltyKind.FROBENIUS, PenaltyKind.L11)) {
            SameDiff exact = SmallNets.mlp(F64);
            kind.attach(exact, 0.1);
            SameDiff sd = SmallNets.mlp(type);
            kind.attach(sd, 0.1);
            double expected = penalty(exact, x);
            assertThat(penalty(sd, x.castTo(type))).isCloseTo(expected, Offset.offset(tolerance * expected));
        }
    }

    /** ND4J has no gradients in bfloat16, with a penalty or without. */
    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void trainingInFloat16(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.FLOAT16), new Sgd(0.01));
        kind.attach(sd, 0.1);
        INDArray before = sd.getVariable("W1").getArr().dup();
        sd.fit(SmallNets.batch(DataType.FLOAT16, 1, 3));
        INDArray moved = sd.getVariable("W1").getArr().sub(before);
        assertThat(moved.dataType()).isEqualTo(DataType.FLOAT16);
        assertThat(moved.norm2Number().doubleValue()).isPositive().isLessThan(1);
    }

    /** relu forgets NaN, and its derivative there is 0: the penalty does not. */
    @ParameterizedTest
    @MethodSource("all")
    void weightsThatAreNotFiniteGiveNoFinitePenalty(Kind kind) {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (boolean first : new boolean[] {true, false}) {
                SameDiff sd = relu();
                if (first) {
                    sd.getVariable("W").getArr().putScalar(1, 2, value);
                }
                INDArray x = SmallNets.inputs(F64, 1, 3, 4);
                try {
                    kind.of().apply(sd).lambda(0.5).attach();
                } catch (IllegalArgumentException e) {
                    assertThat(first).isTrue();
                    continue;
                }
                sd.getVariable("W").getArr().putScalar(1, 2, value);
                assertThat(value(sd, x)).as("total with %s", value).matches(total -> !Double.isFinite(total));
                assertThat(sd.outputSingle(fed(sd, x), RegularizedGraph.PENALTY).getDouble(0))
                        .as("penalty with %s", value)
                        .matches(penalty -> !Double.isFinite(penalty));
            }
        }
    }

    private static SameDiff relu() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 4);
        SDVariable h = sd.nn().relu(x.mmul(sd.var("W", weights(1, 4, 5))), 0);
        SDVariable z = h.mmul("logits", sd.var("V", weights(2, 5, 3)));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", F64, -1, 3), z, null);
        return sd;
    }

    /** A mean over no samples is not a number; to train on none is ND4J's error, with a penalty or without. */
    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void batchesWithoutSamples(PenaltyKind kind) {
        for (boolean decorated : new boolean[] {false, true}) {
            SameDiff sd = SmallNets.training(SmallNets.mlp(F64), new Sgd(0.01));
            if (decorated) {
                kind.attach(sd, 0.1);
                assertThat(penalty(sd, Nd4j.create(F64, 0, 4))).isNaN();
            }
            INDArray before = sd.getVariable("W1").getArr().dup();
            DataSet none = new DataSet(Nd4j.create(F64, 0, 4), Nd4j.create(F64, 0, 3));
            assertThatThrownBy(() -> sd.fit(none)).hasMessageContaining("matmul_bp");
            assertThat(sd.getVariable("W1").getArr()).isEqualTo(before);
        }
    }

    private static double penalty(SameDiff sd, INDArray x) {
        return sd.outputSingle(Map.of("x", x), RegularizedGraph.PENALTY).getDouble(0);
    }
}
