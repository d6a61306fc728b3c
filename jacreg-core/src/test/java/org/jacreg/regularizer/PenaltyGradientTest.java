package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code d penalty / d weights} as training sees it, against central differences of the penalty, in float64. */
class PenaltyGradientTest {

    /*
     * Central differences of values of order ten, step 1e-5: rounding 10 * 2e-16 / 1e-5 = 2e-10 and third derivatives
     * 1e-10, each against gradients of order one.
     */
    private static final double TOLERANCE = 1e-6;

    private static final int N = 3;
    private static final double LAMBDA = 0.7;

    private enum Net {
        MLP {
            @Override
            SameDiff build() {
                return SmallNets.mlp(DataType.DOUBLE);
            }

            @Override
            INDArray inputs() {
                return SmallNets.inputs(DataType.DOUBLE, 21, N, 4);
            }

            @Override
            List<String> weights() {
                return List.of("W1", "b1", "W2");
            }
        },
        CONV {
            @Override
            SameDiff build() {
                return SmallNets.conv(DataType.DOUBLE);
            }

            @Override
            INDArray inputs() {
                return SmallNets.inputs(DataType.DOUBLE, 22, N, 1, 6, 6);
            }

            @Override
            List<String> weights() {
                return List.of("K", "c", "W");
            }
        };

        abstract SameDiff build();

        abstract INDArray inputs();

        abstract List<String> weights();
    }

    static Stream<Arguments> cases() {
        return Stream.of(Net.values())
                .flatMap(
                        net -> Stream.of(PenaltyKind.FROBENIUS, PenaltyKind.L11).map(kind -> Arguments.of(net, kind)));
    }

    /** Every entry of the smaller weights, and for each of them the penalty's part in the gradient of the total. */
    @ParameterizedTest
    @MethodSource("cases")
    void everyEntryIsThatOfCentralDifferences(Net net, PenaltyKind kind) {
        SameDiff sd = net.build();
        Map<String, INDArray> feed = feed(net);
        Map<String, INDArray> gradients = ofPenalty(sd, net, kind);
        SDVariable penalty = sd.getVariable(RegularizedGraph.PENALTY);
        for (String name : net.weights()) {
            INDArray expected = CentralDifferences.gradient(
                    sd.getVariable(name).getArr(), () -> penalty.eval(feed).getDouble(0));
            double scale = expected.normmaxNumber().doubleValue();
            assertThat(scale).as("gradient by %s", name).isGreaterThan(1e-2);
            assertThat(gradients.get(name).sub(expected).normmaxNumber().doubleValue() / scale)
                    .as("relative error of the gradient by %s", name)
                    .isLessThan(TOLERANCE);
        }
    }

    private static Map<String, INDArray> ofPenalty(SameDiff sd, Net net, PenaltyKind kind) {
        Map<String, INDArray> ofLoss = net.build().calculateGradients(feed(net), net.weights());
        kind.attach(sd, LAMBDA);
        Map<String, INDArray> result = new HashMap<>();
        sd.calculateGradients(feed(net), net.weights())
                .forEach((name, ofTotal) ->
                        result.put(name, ofTotal.sub(ofLoss.get(name)).div(LAMBDA)));
        return result;
    }

    /** The last bias is not in the Jacobian. */
    @ParameterizedTest
    @MethodSource("cases")
    void theLastBiasHasNoPart(Net net, PenaltyKind kind) {
        String bias = net == Net.MLP ? "b2" : "b";
        SameDiff sd = net.build();
        INDArray plain = sd.calculateGradients(feed(net), bias).get(bias).dup();
        kind.attach(sd, 5);
        INDArray total = sd.calculateGradients(feed(net), bias).get(bias);
        // The same arithmetic, plus exact zeros.
        assertThat(total.sub(plain).normmaxNumber().doubleValue()).isLessThan(1e-14);
    }

    private static Map<String, INDArray> feed(Net net) {
        return Map.of("x", net.inputs(), "label", SmallNets.labels(DataType.DOUBLE, 4, N, 3));
    }
}
