package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.CentralDifferences;
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

/** Differences along random directions: against exact Jacobians, their bias and scatter, their gradients by the weights. */
class FiniteDifferenceGraphTest {

    private static final int N = 5;

    /** A small network, the difference along a fed direction, and the mean of its squared norm as a loss. */
    private record Probe(SameDiff sd, SDVariable difference, SDVariable penalty) {

        static Probe of(SameDiff sd, String input, String output, FiniteDifference setting) {
            GraphModel model =
                    GraphModel.builder(sd).input(input).logits(output).build();
            FiniteDifferenceGraph graph = FiniteDifferenceGraph.of(model, null);
            return GraphDecoration.add(sd, () -> {
                SDVariable direction = sd.placeHolder("jacreg/w", graph.output().dataType(), -1, graph.inputSize());
                SDVariable difference = graph.along(direction, setting);
                return new Probe(sd, difference, sd.squaredNorm(difference).div(N));
            });
        }
    }

    private static INDArray direction(long size) {
        return SmallNets.inputs(DataType.DOUBLE, 77, N, size);
    }

    private static INDArray exactProducts(SameDiff sd, INDArray x, INDArray w) {
        INDArray j = Jacobian.of(sd).compute(x);
        INDArray flat = j.reshape('c', N, j.size(1), -1);
        INDArray result = Nd4j.create(DataType.DOUBLE, N, j.size(1));
        for (int n = 0; n < N; n++) {
            result.putRow(n, flat.slice(n).mmul(w.getRow(n).reshape(-1, 1)).reshape(-1));
        }
        return result;
    }

    private static INDArray difference(FiniteDifference setting, INDArray x, INDArray w) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        Probe probe = Probe.of(sd, "x", "logits", setting);
        return sd.output(Map.of("x", x, "jacreg/w", w), probe.difference().name())
                .get(probe.difference().name());
    }

    /** Halving the step divides the error of a central difference by 4, that of a forward difference by 2. */
    @ParameterizedTest
    @EnumSource(FiniteDifference.Scheme.class)
    void theErrorOfADifferenceFallsWithItsOrder(FiniteDifference.Scheme scheme) {
        boolean central = scheme == FiniteDifference.Scheme.CENTRAL;
        FiniteDifference base = central ? FiniteDifference.central() : FiniteDifference.forward();
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, N, 4);
        INDArray w = direction(4);
        INDArray exact = exactProducts(SmallNets.mlp(DataType.DOUBLE), x, w);
        double coarse =
                difference(base.withStep(0.02), x, w).sub(exact).norm2Number().doubleValue();
        double fine =
                difference(base.withStep(0.01), x, w).sub(exact).norm2Number().doubleValue();
        assertThat(coarse).isGreaterThan(1e-6);
        // The next order of the expansion is a hundredth of this one.
        assertThat(coarse / fine).isCloseTo(central ? 4 : 2, within(central ? 0.05 : 0.1));
    }

    @Test
    void theDefaultStepIsNearlyExactInFloat64() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, N, 4);
        INDArray w = direction(4);
        INDArray exact = exactProducts(SmallNets.mlp(DataType.DOUBLE), x, w);
        INDArray error = difference(FiniteDifference.central(), x, w).sub(exact);
        // Step 6e-6: 4e-11 each from rounding and from the third derivative, times a few.
        assertThat(error.normmaxNumber().doubleValue()).isLessThan(1e-9);
    }

    /** The mean of the estimates, on the drawn directions, is ||J||_F^2 within its standard error. */
    @ParameterizedTest
    @EnumSource(FiniteDifference.Scheme.class)
    void drawnDirectionsEstimateTheSquaredNormWithoutBias(FiniteDifference.Scheme scheme) {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        INDArray one = SmallNets.inputs(DataType.DOUBLE, 5, 1, 1, 6, 6);
        int samples = 600;
        INDArray x = Nd4j.tile(one, samples, 1, 1, 1);
        double exact = Jacobian.of(sd).norms(one).meanFrobeniusSquared();
        FiniteDifferenceGraph graph = FiniteDifferenceGraph.of(GraphModel.of(sd), null);
        FiniteDifference setting = new FiniteDifference(scheme, java.util.OptionalDouble.empty(), 2);
        List<SDVariable> differences = GraphDecoration.add(sd, () -> graph.differences(setting));
        String[] names = differences.stream().map(SDVariable::name).toArray(String[]::new);
        Nd4j.getRandom().setSeed(31);
        Map<String, INDArray> values = sd.output(Map.of("x", x), names);
        INDArray first = values.get(names[0]);
        INDArray second = values.get(names[1]);
        INDArray squares =
                Nd4j.concat(0, first.mul(first).sum(1), second.mul(second).sum(1));
        double bar = squares.stdNumber().doubleValue() / Math.sqrt(squares.length());
        // Four standard errors on a fixed seed; the bias is 1e-11, or 1e-7 for forward differences.
        assertThat(squares.meanNumber().doubleValue()).isCloseTo(exact, within(4 * bar));
        assertThat(bar).isLessThan(0.05 * exact);
        assertThat(first).isNotEqualTo(second);
        assertThat(sd.output(Map.of("x", x), names).get(names[0])).isNotEqualTo(first);
    }

    @Test
    void weightsGradientIsThatOfTheEmittedPenalty() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        requireGradients(sd, "x", "logits", SmallNets.inputs(DataType.DOUBLE, 3, N, 4), 4, List.of("W1", "b1", "W2"));
    }

    /** At an inner layer: what comes before it moves the point at which differences are taken. */
    @Test
    void weightsGradientAtAnInnerLayerIsThatOfTheEmittedPenalty() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        String hidden = sd.getOps().values().stream()
                .filter(op -> op.getOp().opName().equals("tanh"))
                .findFirst()
                .orElseThrow()
                .getOutputsOfOp()
                .get(0);
        SDVariable cubed = sd.math().cube("out", sd.getVariable("logits"));
        requireGradients(
                sd, hidden, cubed.name(), SmallNets.inputs(DataType.DOUBLE, 3, N, 4), 5, List.of("W1", "b1", "W2"));
    }

    private static void requireGradients(
            SameDiff sd, String input, String output, INDArray x, int size, List<String> weights) {
        Probe probe = Probe.of(sd, input, output, FiniteDifference.central());
        Map<String, INDArray> fed = new HashMap<>(Map.of("x", x, "jacreg/w", direction(size)));
        sd.setLossVariables(probe.penalty().name());
        Map<String, INDArray> gradients = sd.calculateGradients(fed, weights);
        for (String name : weights) {
            INDArray actual = gradients.get(name);
            INDArray expected = CentralDifferences.gradient(
                    sd.getVariable(name).getArr(),
                    () -> sd.outputSingle(fed, probe.penalty().name()).getDouble(0));
            double scale = expected.normmaxNumber().doubleValue();
            assertThat(scale).as(name).isGreaterThan(1e-3);
            // Rounding of the emitted difference is 4e-11, and the outer difference divides it by 1e-5.
            assertThat(actual.sub(expected).normmaxNumber().doubleValue() / scale)
                    .as(name)
                    .isLessThan(5e-5);
        }
    }

    /** A direction of several inputs moves all of them. */
    @Test
    void severalInputsAreMovedTogether() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.placeHolder("a", DataType.DOUBLE, -1, 2);
        SDVariable b = sd.placeHolder("b", DataType.DOUBLE, -1, 3, 1);
        SDVariable w = sd.var("W", SmallNets.inputs(DataType.DOUBLE, 8, 2, 3));
        a.mmul(w).mul("out", sd.reshape(b, -1, 3));
        GraphModel model = GraphModel.builder(sd).input("a", "b").logits("out").build();
        FiniteDifferenceGraph graph = FiniteDifferenceGraph.of(model, null);
        assertThat(graph.inputSize()).isEqualTo(5);
        SDVariable direction = sd.placeHolder("w", DataType.DOUBLE, -1, 5);
        SDVariable difference = graph.along(direction, FiniteDifference.central());
        INDArray va = SmallNets.inputs(DataType.DOUBLE, 1, N, 2);
        INDArray vb = SmallNets.inputs(DataType.DOUBLE, 2, N, 3, 1);
        INDArray u = direction(5);
        INDArray actual =
                sd.output(Map.of("a", va, "b", vb, "w", u), difference.name()).get(difference.name());
        INDArray ua = u.get(
                org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 2));
        INDArray ub = u.get(
                org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(2, 5));
        INDArray matrix = w.getArr();
        INDArray expected =
                ua.mmul(matrix).mul(vb.reshape(N, 3)).add(va.mmul(matrix).mul(ub));
        // Central differences of a product are exact up to rounding, 1e-10.
        assertThat(actual.sub(expected).normmaxNumber().doubleValue()).isLessThan(1e-9);
        assertThat(GraphDecoration.add(sd, () -> graph.differences(FiniteDifference.central())))
                .hasSize(1);
    }

    /** One number per sample, such as a loss: the difference is that of the input gradient. */
    @Test
    void aLossPerSampleGivesItsInputGradient() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable loss = sd.nn()
                .logSoftmax(sd.getVariable("logits"))
                .mul(sd.getVariable("label"))
                .sum("each", 1);
        assertThat(loss.name()).isEqualTo("each");
        Probe probe = Probe.of(sd, "x", "each", FiniteDifference.central());
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, N, 4);
        INDArray label = SmallNets.labels(DataType.DOUBLE, 4, N, 3);
        INDArray w = direction(4);
        INDArray actual = sd.output(
                        Map.of("x", x, "label", label, "jacreg/w", w),
                        probe.difference().name())
                .get(probe.difference().name());
        INDArray moved = SmallNets.inputs(DataType.DOUBLE, 3, N, 4);
        INDArray start = moved.dup();
        for (int n = 0; n < N; n++) {
            int sample = n;
            INDArray masked = w.mul(0);
            masked.putRow(n, w.getRow(n));
            assertThat(start).isEqualTo(moved);
            double expected = CentralDifferences.alongDirection(
                    moved,
                    masked,
                    () -> sd.output(Map.of("x", moved, "label", label), "each")
                            .get("each")
                            .getDouble(sample));
            // Two central differences, of errors 1e-10.
            assertThat(actual.getDouble(n)).isCloseTo(expected, within(1e-8));
        }
        assertThat(actual.shape()).containsExactly(N);
    }

    /** Float32: the default step keeps rounding and curvature below a thousandth of the norm. */
    @ParameterizedTest
    @ValueSource(longs = {4, 200})
    void theDefaultStepServesFloat32(long size) {
        SameDiff exact = SmallNets.mlp(DataType.DOUBLE, 7, (int) size, 20, 3);
        SameDiff sd = SmallNets.mlp(DataType.FLOAT, 7, (int) size, 20, 3);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, N, size);
        INDArray w = direction(size);
        Probe probe = Probe.of(sd, "x", "logits", FiniteDifference.central());
        INDArray actual = sd.output(
                        Map.of("x", x.castTo(DataType.FLOAT), "jacreg/w", w.castTo(DataType.FLOAT)),
                        probe.difference().name())
                .get(probe.difference().name());
        INDArray expected = exactProducts(exact, x, w);
        double error =
                actual.castTo(DataType.DOUBLE).sub(expected).norm2Number().doubleValue();
        assertThat(error / expected.norm2Number().doubleValue()).isLessThan(1e-3);
    }

    @Test
    void theGraphHasNothingNewAfterTheChecks() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        List<String> before = new ArrayList<>(sd.getVariables().keySet());
        int ops = sd.getOps().size();
        FiniteDifferenceGraph.of(GraphModel.of(sd), null);
        assertThat(sd.getVariables().keySet()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(sd.getOps()).hasSize(ops);
    }
}
