package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** One row per choice of the kink policy (package-info of org.jacreg.vjp), and far out where naive formulas overflow. */
class KinksTest {

    static List<Arguments> pointwise() {
        return List.of(
                row("relu'(0) = 0", x -> nn(x).relu(x, 0), 0, 0),
                row("leakyrelu'(0) = slope", x -> nn(x).leakyRelu(x, 0.01), 0, 0.01),
                row("elu'(0) = alpha", x -> nn(x).elu(x), 0, 1),
                row("abs'(0) = 0", x -> x.getSameDiff().math().abs(x), 0, 0),
                row("elu' far right", x -> nn(x).elu(x), 1000, 1),
                row("elu' far left", x -> nn(x).elu(x), -1000, 0),
                row("softplus' far right", x -> nn(x).softplus(x), 500, 1),
                row("softplus' far left", x -> nn(x).softplus(x), -1000, 0),
                row("sigmoid' far right", x -> nn(x).sigmoid(x), 1000, 0),
                row("tanh' far left", x -> x.getSameDiff().math().tanh(x), -1000, 0),
                row("swish' far right", x -> nn(x).swish(x), 500, 1),
                row("gelu' far left", x -> nn(x).gelu(x), -500, 0));
    }

    private static org.nd4j.autodiff.samediff.ops.SDNN nn(SDVariable x) {
        return x.getSameDiff().nn();
    }

    private static Arguments row(String name, UnaryOperator<SDVariable> function, double at, double derivative) {
        return Arguments.of(name, function, at, derivative);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pointwise")
    void derivative(String name, UnaryOperator<SDVariable> function, double at, double derivative) {
        SameDiff sd = SameDiff.create();
        function.apply(sd.placeHolder("x", DataType.DOUBLE, -1, 1)).rename("y");
        double actual = Jacobian.builder(sd)
                .logits("y")
                .build()
                .compute(Nd4j.createFromArray(new double[][] {{at}}))
                .getDouble(0);
        // The values are exact in the limit; 1e-12 is rounding.
        assertThat(actual).isCloseTo(derivative, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void theFirstOfEqualValuesIsTheMaximumInTilesAndInOverlappingWindows() {
        for (int stride : new int[] {2, 1}) {
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 2, 2);
            Pooling2DConfig config =
                    Pooling2DConfig.builder().kH(2).kW(2).sH(stride).sW(stride).build();
            sd.reshape("y", sd.cnn().maxPooling2d(x, config), -1, 1);
            INDArray tied = Nd4j.createFromArray(new double[] {1, 3, 3, 3}).reshape(1, 1, 2, 2);
            INDArray jacobian = Jacobian.builder(sd).logits("y").build().compute(tied);
            assertThat(jacobian.dup().data().asDouble()).as("stride %d", stride).containsExactly(0, 1, 0, 0);
        }
    }

    @Test
    void aZeroOnPaddingNeverTakesTheCotangent() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 2, 2);
        Pooling2DConfig config =
                Pooling2DConfig.builder().kH(3).kW(3).sH(3).sW(3).pH(1).pW(1).build();
        sd.reshape("y", sd.cnn().maxPooling2d(x, config), -1, 1);
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 1, 1, 2, 2);
        INDArray jacobian = Jacobian.builder(sd).logits("y").build().compute(zeros);
        assertThat(jacobian.dup().data().asDouble()).containsExactly(1, 0, 0, 0);
    }

    @Test
    void reductionsThatNd4jComputesWronglyAreRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 4);
        sd.reshape("y", sd.mean(x, true, -1), -1, 3);
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("count axes from 0");
    }
}
