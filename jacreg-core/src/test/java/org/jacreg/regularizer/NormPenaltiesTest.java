package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.assertj.core.data.Offset;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The value of every penalty against plain Java on the Jacobian by central differences, and its gradient by every weight
 * against central differences of the value.
 */
class NormPenaltiesTest {

    /** Central differences with step 1e-5 of functions with derivatives of order 1 err by about 1e-10. */
    private static final double TOLERANCE = 1e-7;

    private static final int SAMPLES = 3;

    /** A network, where its input is, and whether its cotangents can be stacked. */
    record Net(String name, java.util.function.Supplier<SameDiff> graph, long[] shape) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A penalty and its value on one sample's Jacobian [C][D], true class y and p_y. */
    record Row(String name, Function<SameDiff, JacobianRegularizer> make, ToDoubleFunction<Sample> value) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Sample(double[][] jacobian, double[] logits, int label) {

        double probability() {
            double sum = 0;
            for (double z : logits) {
                sum += Math.exp(z - logits[label]);
            }
            return 1 / sum;
        }

        Sample margins() {
            double[][] rows = new double[jacobian.length][];
            for (int j = 0; j < rows.length; j++) {
                rows[j] = jacobian[j].clone();
                for (int i = 0; i < rows[j].length; i++) {
                    rows[j][i] -= jacobian[label][i];
                }
            }
            return new Sample(rows, logits, label);
        }

        double power(double p) {
            double sum = 0;
            for (double[] row : jacobian) {
                for (double v : row) {
                    sum += Math.pow(Math.abs(v), p);
                }
            }
            return sum;
        }

        double columns() {
            double sum = 0;
            for (int i = 0; i < jacobian[0].length; i++) {
                double squares = 0;
                for (double[] row : jacobian) {
                    squares += row[i] * row[i];
                }
                sum += Math.sqrt(squares);
            }
            return sum;
        }

        double spectral() {
            return new SingularValueDecomposition(new Array2DRowRealMatrix(jacobian)).getSingularValues()[0];
        }

        /** J^T (p - e_y). */
        double[] lossGradient() {
            double[] p = new double[logits.length];
            double sum = 0;
            for (double z : logits) {
                sum += Math.exp(z);
            }
            double[] gradient = new double[jacobian[0].length];
            for (int c = 0; c < p.length; c++) {
                double g = Math.exp(logits[c]) / sum - (c == label ? 1 : 0);
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += g * jacobian[c][i];
                }
            }
            return gradient;
        }

        double gradientPower(double p) {
            double sum = 0;
            for (double g : lossGradient()) {
                sum += Math.pow(Math.abs(g), p);
            }
            return sum;
        }
    }

    static List<Net> nets() {
        return List.of(
                new Net("mlp", () -> SmallNets.mlp(DataType.DOUBLE), new long[] {4}),
                new Net("more classes than inputs", () -> SmallNets.mlp(DataType.DOUBLE, 3, 2, 5, 4), new long[] {2}),
                new Net("conv", () -> SmallNets.conv(DataType.DOUBLE), new long[] {1, 6, 6}),
                new Net("time-major, not stackable", NormPenaltiesTest::timeMajor, new long[] {2, 3}),
                new Net("one coordinate", () -> SmallNets.mlp(DataType.DOUBLE, 4, 1, 5, 3), new long[] {1}));
    }

    private static SameDiff timeMajor() {
        SameDiff sd = SameDiff.create();
        java.util.Random random = new java.util.Random(2);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 3);
        SDVariable w = sd.var("W", SmallNets.normal(DataType.DOUBLE, random, 0.6, 6, 3));
        SDVariable s = sd.var("s", SmallNets.normal(DataType.DOUBLE, random, 1, 2, 1, 3));
        SDVariable h = sd.permute(sd.math().tanh(sd.permute(x, 1, 0, 2).mul(s)), 1, 0, 2);
        sd.reshape(h, -1, 6).mmul("logits", w);
        sd.loss()
                .softmaxCrossEntropy(
                        "loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), sd.getVariable("logits"), null);
        return sd;
    }

    static List<Row> rows() {
        return List.of(
                new Row("frobenius squared", JacobianRegularizer::frobenius, s -> s.power(2)),
                new Row("frobenius", sd -> JacobianRegularizer.frobenius(sd).unsquared(), s -> Math.sqrt(s.power(2))),
                new Row("l11", JacobianRegularizer::l11, s -> s.power(1)),
                new Row("l21", JacobianRegularizer::l21, Sample::columns),
                new Row("spectral", JacobianRegularizer::spectral, Sample::spectral),
                new Row(
                        "frobenius of margins",
                        sd -> JacobianRegularizer.frobenius(sd).marginRows(),
                        s -> s.margins().power(2)),
                new Row(
                        "l21 of margins",
                        sd -> JacobianRegularizer.l21(sd).marginRows(),
                        s -> s.margins().columns()),
                new Row(
                        "label-aware l11",
                        sd -> JacobianRegularizer.l11(sd).weights(SampleWeights.labelAware()),
                        s -> (1 - s.probability()) * s.power(1)),
                new Row(
                        "label-aware frobenius",
                        sd -> JacobianRegularizer.frobenius(sd).weights(SampleWeights.labelAware()),
                        s -> (1 - s.probability()) * s.power(2)),
                new Row("input gradient", JacobianRegularizer::inputGradient, s -> s.gradientPower(2)),
                new Row(
                        "input gradient, unsquared",
                        sd -> JacobianRegularizer.inputGradient(sd).unsquared(),
                        s -> Math.sqrt(s.gradientPower(2))),
                new Row(
                        "input gradient, l1",
                        sd -> JacobianRegularizer.inputGradient(sd).l1(),
                        s -> s.gradientPower(1)));
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Net net : nets()) {
            for (Row row : rows()) {
                cases.add(Arguments.of(net, row));
            }
        }
        return cases;
    }

    private static Map<String, INDArray> feed(Net net) {
        long[] shape = new long[net.shape().length + 1];
        shape[0] = SAMPLES;
        System.arraycopy(net.shape(), 0, shape, 1, net.shape().length);
        int classes = (int) net.graph().get().getVariable("label").placeholderShape()[1];
        return Map.of(
                "x", SmallNets.inputs(DataType.DOUBLE, 21, shape),
                "label", SmallNets.labels(DataType.DOUBLE, 22, SAMPLES, classes));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("cases")
    void value(Net net, Row row) {
        SameDiff sd = net.graph().get();
        Map<String, INDArray> fed = feed(net);
        double expected = expected(sd, fed, row);
        RegularizedGraph graph = row.make().apply(sd).attach();
        double actual = sd.outputSingle(fed, graph.penalty().name()).getDouble(0);
        assertThat(actual).isCloseTo(expected, Offset.offset(TOLERANCE * (1 + expected)));
    }

    private static double expected(SameDiff sd, Map<String, INDArray> fed, Row row) {
        Map<String, INDArray> inputs = new HashMap<>(fed);
        INDArray logits = sd.outputSingle(inputs, "logits").dup();
        INDArray jacobian =
                CentralDifferences.jacobian(sd, "x", "logits", fed.get("x")).reshape('c', SAMPLES, logits.size(1), -1);
        double sum = 0;
        for (int n = 0; n < SAMPLES; n++) {
            double[][] rows = jacobian.slice(n).toDoubleMatrix();
            int label = Nd4j.argMax(fed.get("label").getRow(n)).getInt(0);
            sum += row.value().applyAsDouble(new Sample(rows, logits.getRow(n).toDoubleVector(), label));
        }
        return sum / SAMPLES;
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("cases")
    void gradient(Net net, Row row) {
        SameDiff sd = net.graph().get();
        Map<String, INDArray> fed = feed(net);
        String penalty = row.make().apply(sd).attach().penalty().name();
        sd.setLossVariables(penalty);
        List<String> weights = sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toList();
        Map<String, INDArray> gradients = sd.calculateGradients(fed, weights);
        for (String name : weights) {
            INDArray array = sd.getVariable(name).getArr();
            INDArray expected = CentralDifferences.gradient(
                    array, () -> sd.outputSingle(fed, penalty).getDouble(0));
            INDArray actual = gradients.getOrDefault(name, Nd4j.zerosLike(array));
            double worst = actual.sub(expected).normmaxNumber().doubleValue()
                    / (1 + expected.normmaxNumber().doubleValue());
            assertThat(worst).as(name).isLessThan(TOLERANCE);
        }
    }
}
