package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacreg.gradient.Gradients;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reductions over the batch: right for the gradient of a loss, refused for Jacobians of samples. */
class WholeBatchReductionsTest {

    private static final int SAMPLES = 3;

    static List<Arguments> reductions() {
        return List.of(
                row("sum", x -> x.sum()),
                row("mean", x -> x.mean()),
                row("mean of columns", x -> x.mean(0)),
                row("mean over batch and middle", x -> x.mean(0, 1)),
                row("max", x -> x.max()),
                row("max of columns", x -> x.max(0)),
                row("max over batch and last", x -> x.max(0, 2)),
                row("max over the last two", x -> x.max(1, 2)),
                row("min over batch and middle", x -> x.min(0, 1)),
                row("norm2", x -> x.norm2()),
                row("norm1 of columns", x -> x.norm1(0)),
                row("variance", x -> x.getSameDiff().variance(x, true, 0, 1, 2)),
                row("variance, biased", x -> x.getSameDiff().variance(x, false, 0)),
                row("deviation over batch and last", x -> x.getSameDiff().standardDeviation(x, true, 0, 2)),
                row("log sum exp", x -> x.getSameDiff().math().logSumExp(x, 0, 1, 2)),
                row("running sum of samples", x -> x.getSameDiff().cumsum(x, false, true, 0)),
                row("softmax over samples", x -> x.getSameDiff().nn().softmax(x, 0)));
    }

    private static Arguments row(String name, UnaryOperator<SDVariable> reduction) {
        return Arguments.of(name, reduction);
    }

    private static SDVariable network(SameDiff sd, UnaryOperator<SDVariable> reduction) {
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 4);
        SDVariable s = sd.var("s", OpSpec.random(new Random(1), 0.7, 1.3, 2, 4));
        return sd.math().square(reduction.apply(sd.math().sin(x.mul(s)))).rename("y");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reductions")
    void gradients(String name, UnaryOperator<SDVariable> reduction) {
        SameDiff sd = SameDiff.create();
        SDVariable loss = network(sd, reduction).mul(1.5).sum().rename("loss");
        SDVariable gradient = Gradients.gradientOf(loss, sd.getVariable("s"));
        Map<String, INDArray> fed = Map.of("x", OpSpec.random(new Random(2), -2, 2, SAMPLES, 2, 4));
        INDArray actual = sd.outputSingle(fed, gradient.name()).dup();
        assertThat(actual.shape()).containsExactly(2, 4);
        assertThat(CentralDifferences.distanceByWeight(sd, fed, "loss", "s", actual))
                .isLessThan(CentralDifferences.TOLERANCE);
    }

    @Test
    void jacobiansOfSamplesAreRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        x.sub(x.max(true, 0)).rename("y");
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build()).hasMessageContaining("samples are coupled");
    }
}
