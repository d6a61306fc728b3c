package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jacreg.gradient.Gradients;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where normalisation and moving of values have no derivative, or would couple samples. */
class MovementKinksTest {

    @Test
    void aConstantRowHasTheDerivativeZeroUnderNormalisation() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable gain = sd.constant(Nd4j.createFromArray(new double[] {1, 2, 3}));
        sd.nn().layerNorm(sd.math().standardize(x, 1), gain, false, 1).add("y", x);
        INDArray jacobian = Jacobian.builder(sd).logits("y").build().compute(Nd4j.ones(DataType.DOUBLE, 1, 3));
        // What is left is the identity of the skip connection.
        assertThat(jacobian.reshape(3, 3).equalsWithEps(Nd4j.eye(3).castTo(DataType.DOUBLE), 1e-15))
                .isTrue();
    }

    @Test
    void anEmptySegmentHasNoGradient() {
        SameDiff sd = SameDiff.create();
        SDVariable w = sd.var("w", Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}}));
        SDVariable segments = sd.constant(Nd4j.createFromArray(new int[] {2, 2}));
        SDVariable loss =
                sd.math().square(sd.unsortedSegmentMean(w, segments, 3)).sum("loss");
        String name = Gradients.gradientOf(loss, w).name();
        // loss = 2^2 + 3^2, and every weight has half a part in a mean: 2 mean / 2.
        assertThat(sd.outputSingle(Map.of(), name).dup().data().asDouble()).containsExactly(2, 3, 2, 3);
    }

    static List<Arguments> coupling() {
        return List.of(
                row("reversed batch", (sd, x) -> sd.reverse(x, 0)),
                row("slice of the batch", (sd, x) -> x.get(SDIndex.interval(0, 1), SDIndex.all())),
                row(
                        "gather from the batch",
                        (sd, x) -> sd.gather(x, sd.constant(Nd4j.createFromArray(new int[] {0, 0})), 0)),
                row("concatenated batches", (sd, x) -> sd.reshape(sd.concat(0, x, x), -1, 6)),
                row("standardised batch", (sd, x) -> sd.math().standardize(x, 0)));
    }

    private static Arguments row(String name, BiFunction<SameDiff, SDVariable, SDVariable> op) {
        return Arguments.of(name, op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("coupling")
    void whatMixesSamplesIsRefused(String name, BiFunction<SameDiff, SDVariable, SDVariable> op) {
        SameDiff sd = SameDiff.create();
        op.apply(sd, sd.placeHolder("x", DataType.DOUBLE, -1, 3)).rename("y");
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dropoutIsRefusedWithItsCure() {
        SameDiff sd = SameDiff.create();
        sd.nn().dropout("y", sd.placeHolder("x", DataType.FLOAT, -1, 3), 0.5);
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build())
                .isInstanceOf(UnsupportedOpException.class)
                .hasMessageContaining("mask placeholder");
    }

    @Test
    void aShapeThatIsComputedIsRefusedByName() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable axes = sd.constant("axes", Nd4j.createFromArray(new int[] {0, 2}))
                .add("moved", sd.constant(Nd4j.createFromArray(new int[] {0, -1})));
        sd.permute("y", x, axes);
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'moved'")
                .hasMessageContaining("not a constant");
    }
}
