package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jacreg.jacobian.Oracle.close;

import java.util.List;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Odd types, odd values and odd names: the right value, or words that say what is wrong. */
class JacobianBadInputTest {

    private static final DataType F64 = DataType.DOUBLE;

    private final INDArray x = SmallNets.inputs(F64, 1, 3, 4);

    @Test
    void scalarsAreNoBatches() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(F64));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(Nd4j.scalar(1.0)))
                .withMessageContaining("has shape []; expected [N, 4]");
        SameDiff sd = SameDiff.create();
        sd.math().tanh("z", sd.placeHolder("x", F64));
        assertThatIllegalArgumentException().isThrownBy(() -> Jacobian.of(sd)).withMessageContaining("placeholder 'x'");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BYTE", "INT", "LONG", "UBYTE", "BOOL", "HALF", "BFLOAT16", "FLOAT"})
    void arraysOfAnyTypeAreConvertedAndStayOpen(DataType type) {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(F64));
        INDArray given = Nd4j.createFromArray(new double[][] {{1, 0, 1, 1}, {0, 0, 1, 0}})
                .castTo(type);
        INDArray same = given.castTo(F64);
        close(jacobian.compute(given), jacobian.compute(same), 0);
        INDArray v = Nd4j.ones(F64, 2, 3).castTo(type);
        close(jacobian.vjp(given, v), jacobian.vjp(same, v.castTo(F64)), 0);
        close(jacobian.jvp(given, given), jacobian.jvp(same, same), 0);
        close(jacobian.norms(given).l21(), jacobian.norms(same).l21(), 0);
        assertThat(given.wasClosed()).isFalse();
        assertThat(v.wasClosed()).isFalse();
        assertThat(given.castTo(F64)).isEqualTo(same);
    }

    @Test
    void numbersTooLargeForThePlaceholder() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.FLOAT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(x.dup().putScalar(1, 1e60)))
                .withMessageContaining("input 'x' holds NaN or infinite values");
    }

    /** The relative error of a rounding: 2^-8 for bfloat16, 2^-11 for float16, 2^-24 for float32; some ten of them add up. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "BFLOAT16", "FLOAT", "DOUBLE"})
    void graphsOfAnyType(DataType type) {
        double tolerance =
                type == DataType.FLOAT16 ? 1e-2 : type == DataType.BFLOAT16 ? 8e-2 : type == DataType.FLOAT ? 1e-5 : 0;
        INDArray exact = Jacobian.of(SmallNets.mlp(F64)).compute(x);
        for (JacobianMode mode : new JacobianMode[] {JacobianMode.REVERSE, JacobianMode.FORWARD}) {
            Jacobian jacobian = Jacobian.builder(SmallNets.mlp(type)).mode(mode).build();
            INDArray actual = jacobian.compute(x.castTo(type));
            assertThat(actual.dataType()).isEqualTo(type);
            close(actual, exact, mode == JacobianMode.FORWARD && tolerance == 0 ? 1e-14 : tolerance);
            assertThat(jacobian.norms(x).spectral().dataType()).isEqualTo(F64);
            close(
                    jacobian.norms(x).frobenius(),
                    Jacobian.of(SmallNets.mlp(F64)).norms(x).frobenius(),
                    4 * tolerance + 1e-13);
        }
    }

    /** float32 in, float64 inside, float32 out: every product has the type of what it is a product for. */
    @Test
    void casts() {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.placeHolder("x", DataType.FLOAT, -1, 4);
        SDVariable h = sd.math().tanh(in.castTo(F64).mmul(sd.var("W", SmallNets.inputs(F64, 2, 4, 3))));
        h.castTo("z", DataType.FLOAT16);
        INDArray at = x.castTo(DataType.FLOAT);
        for (JacobianMode mode : new JacobianMode[] {JacobianMode.REVERSE, JacobianMode.FORWARD}) {
            Jacobian jacobian = Jacobian.builder(sd).mode(mode).build();
            INDArray actual = jacobian.compute(at);
            assertThat(actual.dataType()).isEqualTo(DataType.FLOAT16);
            assertThat(jacobian.vjp(at, Nd4j.ones(F64, 3, 3)).dataType()).isEqualTo(DataType.FLOAT);
            assertThat(jacobian.jvp(at, at).dataType()).isEqualTo(DataType.FLOAT16);
            // d tanh(x W) / dx = diag(1 - tanh^2) W^T, rounded to eleven bits.
            INDArray w = sd.getVariable("W").getArr();
            for (int n = 0; n < 3; n++) {
                INDArray t = org.nd4j.linalg.ops.transforms.Transforms.tanh(
                        at.getRow(n, true).castTo(F64).mmul(w));
                INDArray expected =
                        w.transpose().mulColumnVector(t.mul(t).rsub(1).reshape(3, 1));
                close(actual.slice(n), expected, 2e-3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void weightsThatAreNotFinite(double value) {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.placeHolder("x", F64, -1, 4);
        // relu forgets NaN, and its derivative is 0 there.
        SDVariable h = sd.nn().relu(in.mmul(sd.var("W", SmallNets.inputs(F64, 2, 4, 5))), 0);
        h.mmul("z", sd.var("V", SmallNets.inputs(F64, 3, 5, 2)));
        Jacobian jacobian = Jacobian.of(sd);
        jacobian.compute(x);
        sd.getVariable("W").getArr().putScalar(1, 2, value);
        for (Runnable call : List.<Runnable>of(
                () -> jacobian.compute(x),
                () -> jacobian.norms(x),
                () -> jacobian.singularValues(x),
                () -> jacobian.vjp(x, Nd4j.ones(F64, 3, 2)),
                () -> jacobian.jvp(x, x),
                () -> jacobian.stream(x, (sample, row, block) -> true))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call::run)
                    .withMessageContaining("weight 'W' holds NaN or infinite values");
        }
        sd.getVariable("W").getArr().putScalar(1, 2, 0.5);
        assertThat(jacobian.compute(x).isNaN().any()).isFalse();
    }

    /** The derivative of a root at zero: infinite entries are reported for their sample, and do not spoil the others. */
    @Test
    void derivativesThatAreNotFinite() {
        SameDiff sd = SameDiff.create();
        sd.math()
                .sqrt(sd.placeHolder("x", F64, -1, 2))
                .mmul("z", sd.var("W", Nd4j.eye(2).castTo(F64)));
        Jacobian jacobian = Jacobian.of(sd);
        INDArray at = Nd4j.createFromArray(new double[][] {{1, 4}, {0, 1}, {4, 1}});
        INDArray full = jacobian.compute(at);
        assertThat(full.getDouble(1, 0, 0)).isInfinite();
        assertThat(full.getDouble(0, 1, 1)).isEqualTo(0.25);
        JacobianNorms norms = jacobian.norms(at);
        assertThat(Double.isFinite(norms.frobenius().getDouble(1))).isFalse();
        assertThat(norms.spectral().getDouble(1)).isNaN();
        assertThat(norms.spectral().getDouble(2)).isEqualTo(0.5, org.assertj.core.data.Offset.offset(1e-14));
        INDArray values = jacobian.singularValues(at);
        assertThat(values.getDouble(1, 0)).isNaN();
        assertThat(values.getDouble(0, 0)).isEqualTo(0.5, org.assertj.core.data.Offset.offset(1e-15));
        assertThat(jacobian.condition(at).getDouble(1)).isNaN();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.rank(at, 1e-6))
                .withMessageContaining("sample 1");
    }

    @Test
    void namesWithTheReservedPrefix() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.math().tanh("jacreg/h", sd.placeHolder("x", F64, -1, 4));
        h.mmul("z", sd.var("W", SmallNets.inputs(F64, 2, 4, 2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd).logits("z").build())
                .withMessageContaining("'jacreg/h'")
                .withMessageContaining("rename");
        SameDiff last = SameDiff.create();
        last.math().tanh("jacreg/z", last.placeHolder("x", F64, -1, 4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(last).logits("jacreg/z").build())
                .withMessageContaining("'jacreg/z'");
        SameDiff weights = SameDiff.create();
        weights.placeHolder("x", F64, -1, 4).mmul("z", weights.var("jacreg/W", SmallNets.inputs(F64, 2, 4, 2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.of(weights))
                .withMessageContaining("'jacreg/W'");
    }

    /** Names that the library itself would give, were there no prefix. */
    @Test
    void namesLikeTheLibrarysOwn() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.math().tanh("seed", sd.placeHolder("v", F64, -1, 4));
        h.mmul("rows", sd.var("product", SmallNets.inputs(F64, 2, 4, 2)));
        INDArray actual = Jacobian.of(sd).compute(x);
        close(actual, org.jacreg.nets.CentralDifferences.jacobian(sd, "v", "rows", x), Oracle.TOLERANCE);
    }

    @Test
    void outputsThatDoNotDependOnTheInput() {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.placeHolder("x", F64, -1, 4);
        sd.placeHolder("y", F64, -1, 4).mmul("z", sd.var("W", SmallNets.inputs(F64, 2, 4, 2)));
        in.mul("unused", 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd).input("x").logits("z").build())
                .withMessageContaining("'z' do not depend on input 'x'");
        SameDiff partly = SameDiff.create();
        SDVariable flat = partly.zerosLike(partly.placeHolder("x", F64, -1, 4));
        flat.mmul("z", partly.var("W", SmallNets.inputs(F64, 2, 4, 2)));
        assertThatThrownBy(() -> Jacobian.of(partly)).hasMessageContaining("zero");
    }

    @ParameterizedTest
    @EnumSource(
            value = JacobianMode.class,
            names = {"REVERSE", "FORWARD"})
    void axesOfSizeOneEverywhere(JacobianMode mode) {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.placeHolder("x", F64, -1, 1, 1);
        sd.math().exp("z", sd.reshape(in, -1, 1).mul(sd.var("w", Nd4j.createFromArray(0.5))));
        Jacobian jacobian = Jacobian.builder(sd).mode(mode).build();
        for (int n : new int[] {1, 3}) {
            INDArray at = SmallNets.inputs(F64, 1, n, 1, 1);
            INDArray actual = jacobian.compute(at);
            assertThat(actual.shape()).containsExactly(n, 1, 1, 1);
            for (int i = 0; i < n; i++) {
                double expected = 0.5 * Math.exp(0.5 * at.getDouble(i));
                assertThat(actual.getDouble(i)).isEqualTo(expected, org.assertj.core.data.Offset.offset(1e-15));
                assertThat(jacobian.norms(at).spectral().getDouble(i))
                        .isEqualTo(expected, org.assertj.core.data.Offset.offset(1e-15));
            }
            assertThat(jacobian.condition(at).getDouble(0)).isEqualTo(1);
            assertThat(jacobian.vjp(at, Nd4j.ones(F64, n, 1)).shape()).containsExactly(n, 1, 1);
            assertThat(jacobian.jvp(at, at).shape()).containsExactly(n, 1);
        }
    }

    @Test
    void shapesThatThePlaceholderDoesNotDeclare() {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.placeHolder("x", F64);
        sd.math()
                .tanh(sd.reshape(in, -1, 4).mmul(sd.var("W", SmallNets.inputs(F64, 2, 4, 3))))
                .rename("z");
        Jacobian jacobian = Jacobian.builder(sd).inputShape(2, 2).build();
        INDArray at = SmallNets.inputs(F64, 1, 3, 2, 2);
        INDArray actual = jacobian.compute(at);
        assertThat(actual.shape()).containsExactly(3, 3, 2, 2);
        close(actual.reshape(3, 3, 4), org.jacreg.nets.CentralDifferences.jacobian(sd, "x", "z", at), Oracle.TOLERANCE);

        assertThat(jacobian.jvp(at, at).shape()).containsExactly(3, 3);
        assertThat(sd.getVariable("x").placeholderShape()).isNullOrEmpty();
    }
}
