package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.UnsupportedOpException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.Digamma;
import org.nd4j.linalg.api.ops.custom.Lgamma;
import org.nd4j.linalg.factory.Nd4j;

/** What is refused, and in which words. */
class JacobianErrorsTest {

    private final Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
    private final INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);

    @Test
    void inputsOfAnotherShape() {
        for (INDArray wrong : List.of(
                Nd4j.zeros(DataType.DOUBLE, 3, 5),
                Nd4j.zeros(DataType.DOUBLE, 4),
                Nd4j.zeros(DataType.DOUBLE, 3, 4, 1))) {
            for (Runnable call : List.<Runnable>of(
                    () -> jacobian.compute(wrong),
                    () -> jacobian.norms(wrong),
                    () -> jacobian.vjp(wrong, Nd4j.zeros(DataType.DOUBLE, 3, 3)))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(call::run)
                        .withMessageContaining("input 'x'")
                        .withMessageContaining(java.util.Arrays.toString(wrong.shape()))
                        .withMessageContaining("[N, 4]");
            }
        }
    }

    @Test
    void anEmptyBatch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(Nd4j.empty(DataType.DOUBLE).reshape(0, 4)))
                .withMessageContaining("[0, 4]")
                .withMessageContaining("N >= 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void valuesThatAreNotFinite(double value) {
        INDArray broken = x.dup().putScalar(1, 2, value);
        for (Runnable call : List.<Runnable>of(
                () -> jacobian.compute(broken),
                () -> jacobian.norms(broken),
                () -> jacobian.vjp(broken, Nd4j.ones(DataType.DOUBLE, 3, 3)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call::run)
                    .withMessageContaining("input 'x'")
                    .withMessageContaining("NaN or infinite");
        }
        INDArray v = Nd4j.ones(DataType.DOUBLE, 3, 3).putScalar(0, 0, value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.vjp(x, v))
                .withMessageContaining("cotangent v")
                .withMessageContaining("NaN or infinite");
    }

    /** Two infinities of opposite sign have no sum to betray them but NaN; a sum of large numbers may overflow. */
    @Test
    void onlyTheValuesCountNotTheirSum() {
        INDArray opposite = x.dup().putScalar(0, 0, Double.POSITIVE_INFINITY).putScalar(0, 1, Double.NEGATIVE_INFINITY);
        assertThatIllegalArgumentException().isThrownBy(() -> jacobian.compute(opposite));
        INDArray large = Nd4j.valueArrayOf(new long[] {3, 4}, 1e308, DataType.DOUBLE);
        // tanh is flat there.
        assertThat(jacobian.compute(large).normmaxNumber().doubleValue()).isZero();
    }

    @Test
    void cotangentsOfAnotherShape() {
        for (INDArray v : List.of(
                Nd4j.ones(DataType.DOUBLE, 3, 2), Nd4j.ones(DataType.DOUBLE, 2, 3), Nd4j.ones(DataType.DOUBLE, 9))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jacobian.vjp(x, v))
                    .withMessageContaining("cotangent v")
                    .withMessageContaining(java.util.Arrays.toString(v.shape()))
                    .withMessageContaining("[3, 3]");
        }
    }

    @Test
    void anotherBatchSizeThanTheFixedOne() {
        SameDiff sd = SameDiff.create();
        sd.placeHolder("in", DataType.DOUBLE, 5, 4).mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 2)));
        Jacobian fixed = Jacobian.of(sd);
        assertThat(fixed.compute(Nd4j.ones(DataType.DOUBLE, 5, 4)).shape()).containsExactly(5, 2, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fixed.compute(Nd4j.ones(DataType.DOUBLE, 4, 4)))
                .withMessageContaining("input 'in'")
                .withMessageContaining("[4, 4]")
                .withMessageContaining("N = 5");
    }

    @Test
    void graphsThatCannotBeDifferentiated() {
        SameDiff odd = SameDiff.create();
        SDVariable h = new Lgamma(odd, odd.placeHolder("in", DataType.DOUBLE, -1, 4))
                .outputVariable()
                .rename("bend");
        new Digamma(odd, h).outputVariable().rename("out");
        byte[] before = odd.asFlatBuffers(true).array().clone();
        assertThatThrownBy(() -> Jacobian.of(odd))
                .isInstanceOf(UnsupportedOpException.class)
                .hasMessageContaining("'bend'")
                .hasMessageContaining("'out'");
        assertThat(odd.asFlatBuffers(true).array()).isEqualTo(before);
        SameDiff coupled = SameDiff.create();
        SDVariable x0 = coupled.placeHolder("in", DataType.DOUBLE, -1, 4);
        x0.sub(x0.mean(true, 0)).mmul("out", coupled.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 4, 2)));
        assertThatThrownBy(() -> Jacobian.of(coupled)).hasMessageContaining("coupled");
    }

    @Test
    void flatEverywhere() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.math().sign(sd.placeHolder("in", DataType.DOUBLE, -1, 4));
        h.mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 2)));
        assertThatThrownBy(() -> Jacobian.of(sd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'out'")
                .hasMessageContaining("'in'")
                .hasMessageContaining("zero");
    }
}
