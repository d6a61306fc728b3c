package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.graph.GraphModel;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The objective against the network's own values, and its gradients against central differences. */
class ClassObjectiveTest {

    private static final double[] SIGNS = {1, -1, -1, 1, -1};
    private static final int[] LABELS = {0, 2, 1, 1, 0};

    static Stream<Arguments> cases() {
        return Stream.of(
                        NetworkFunction.logit(1),
                        NetworkFunction.crossEntropy(),
                        NetworkFunction.jacobianFrobenius(),
                        NetworkFunction.jacobianL11())
                .flatMap(function -> Stream.of(false, true).map(conv -> Arguments.of(function, conv)));
    }

    private static SameDiff graph(boolean conv) {
        return conv ? SmallNets.conv(DataType.DOUBLE) : SmallNets.mlp(DataType.DOUBLE);
    }

    private static INDArray inputs(boolean conv) {
        return conv ? SmallNets.inputs(DataType.DOUBLE, 5, 5, 1, 6, 6) : SmallNets.inputs(DataType.DOUBLE, 5, 5, 4);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valueIsThatOfTheNetwork(NetworkFunction function, boolean conv) {
        SameDiff sd = graph(conv);
        INDArray x = inputs(conv);
        INDArray logits = sd.outputSingle(Map.of(SmallNets.INPUT, x), SmallNets.LOGITS);
        JacobianNorms norms = Jacobian.of(sd).norms(x);
        double expected = 0;
        for (int i = 0; i < 5; i++) {
            expected += SIGNS[i] * value(function, logits.getRow(i).toDoubleVector(), norms, i);
        }
        try (ClassObjective objective = new ClassObjective(NetworkClass.ofPresentNorms(GraphModel.of(sd)), function)) {
            // sums of at most a few hundred terms of size 1 in double precision
            assertThat(evaluate(objective, x, objective.room())).isCloseTo(expected, within(1e-11));
        }
    }

    private static double value(NetworkFunction function, double[] z, JacobianNorms norms, int i) {
        if (function instanceof NetworkFunction.Logit logit) {
            return z[logit.index()];
        }
        if (function instanceof NetworkFunction.CrossEntropy) {
            double sum = 0;
            for (double each : z) {
                sum += Math.exp(each);
            }
            return Math.log(sum) - z[LABELS[i]];
        }
        return function instanceof NetworkFunction.JacobianL11
                ? norms.l11().getDouble(i)
                : norms.frobenius().getDouble(i);
    }

    private static double evaluate(ClassObjective objective, INDArray x, Map<String, INDArray> gradients) {
        return objective.evaluate(
                List.of(objective.batch(x, LABELS, 0)), List.of(Nd4j.createFromArray(SIGNS)), gradients);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreThoseOfCentralDifferences(NetworkFunction function, boolean conv) {
        INDArray x = inputs(conv);
        try (ClassObjective objective =
                new ClassObjective(NetworkClass.ofPresentNorms(GraphModel.of(graph(conv))), function)) {
            Map<String, INDArray> gradients = objective.room();
            Map<String, INDArray> unused = objective.room();
            evaluate(objective, x, gradients);
            objective.weights().forEach((name, weight) -> {
                INDArray flat = weight.reshape(weight.length());
                INDArray gradient =
                        java.util.Objects.requireNonNull(gradients.get(name)).reshape(weight.length());
                for (long k = 0; k < flat.length(); k += 3) {
                    double at = flat.getDouble(k);
                    flat.putScalar(k, at + 1e-5);
                    double above = evaluate(objective, x, unused);
                    flat.putScalar(k, at - 1e-5);
                    double below = evaluate(objective, x, unused);
                    flat.putScalar(k, at);
                    // error of the difference: h^2 times third derivatives, and rounding 1e-14 / h
                    assertThat(gradient.getDouble(k))
                            .as("%s[%d]", name, k)
                            .isCloseTo((above - below) / 2e-5, within(2e-7));
                }
            });
        }
    }
}
