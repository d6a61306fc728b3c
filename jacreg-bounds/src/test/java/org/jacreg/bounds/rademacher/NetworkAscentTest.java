package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The estimate from below on classes whose supremum is known for every draw, and its manners. */
class NetworkAscentTest {

    private static final INDArray X = SmallNets.inputs(DataType.DOUBLE, 3, 12, 4);

    /** {@code x W1 W2 ...} without activations: the composed class is linear. */
    private static GraphModel linear(int... widths) {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.placeHolder("x", DataType.DOUBLE, -1, widths[0]);
        java.util.Random random = new java.util.Random(5);
        for (int l = 1; l < widths.length; l++) {
            h = h.mmul(sd.var("W" + l, SmallNets.normal(DataType.DOUBLE, random, 0.4, widths[l - 1], widths[l])));
        }
        return GraphModel.builder(sd).input("x").logits(h.name()).build();
    }

    private static GraphModel relu() {
        SameDiff sd = SameDiff.create();
        java.util.Random random = new java.util.Random(6);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable w1 = sd.var("W1", SmallNets.normal(DataType.DOUBLE, random, 0.4, 4, 8));
        SDVariable w2 = sd.var("W2", SmallNets.normal(DataType.DOUBLE, random, 0.4, 8, 1));
        SDVariable z = sd.nn().relu(x.mmul(w1), 0).mmul(w2);
        return GraphModel.builder(sd).input("x").logits(z.name()).build();
    }

    private static NetworkAscent.Builder logit(int index) {
        return NetworkAscent.of(NetworkFunction.logit(index)).draws(8).seed(21);
    }

    /** The mean of the exact suprema of the linear class over the same draws. */
    private static double exact(double radius) {
        return MonteCarloRademacher.seed(21)
                .draws(8)
                .build()
                .estimate(LinearClass.l2(radius), X)
                .value();
    }

    private static void assertReaches(double value, double exact) {
        // never above the supremum, but for rounding; below it by what the last steps, a ten-thousandth of the radius,
        // leave
        assertThat(value).isBetween(exact * (1 - 1e-3), exact * (1 + 1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void oneLayerReachesTheLinearClass(int outputs) {
        NetworkClass frobenius = new NetworkClass(linear(4, outputs), Map.of("W1", WeightBall.frobenius(1.3)));
        NetworkClass operator = new NetworkClass(linear(4, outputs), Map.of("W1", WeightBall.operator(1.3)));
        assertReaches(logit(outputs - 1).build().estimate(frobenius, X).value(), exact(1.3));
        assertReaches(logit(outputs - 1).build().estimate(operator, X).value(), exact(1.3));
        // the check can fail: the start alone is far away
        assertThat(logit(0).steps(0).build().estimate(frobenius, X).value()).isLessThan(0.9 * exact(1.3));
    }

    @Test
    void linearNetworksReachTheProductOfTheirNorms() {
        Map<String, WeightBall> balls =
                Map.of("W1", WeightBall.frobenius(2), "W2", WeightBall.operator(0.5), "W3", new WeightBall(0.8, 0.7));
        NetworkClass network = new NetworkClass(linear(4, 5, 3, 1), balls);
        // aligned layers of rank one have operator norm and Frobenius norm alike
        double value = logit(0).draws(8).steps(80).build().estimate(network, X).value();
        assertThat(value).isBetween(0.95 * exact(2 * 0.5 * 0.7), exact(2 * 0.5 * 0.7) * (1 + 1e-12));
    }

    @Test
    void jacobianOfALinearNetworkReachesTheConstants() {
        double exact = 0;
        for (double[] draw : Multipliers.SIGNS.draws(8, 12, 21)) {
            exact += 1.3 * Math.max(0, java.util.Arrays.stream(draw).sum()) / 12 / 8;
        }
        NetworkClass network = new NetworkClass(linear(4, 3), Map.of("W1", WeightBall.frobenius(1.3)));
        RademacherLowerEstimate found = NetworkAscent.of(NetworkFunction.jacobianFrobenius())
                .draws(8)
                .seed(21)
                .build()
                .estimate(network, X);
        // where the signs' sum is negative the norm must shrink to 0, and ends at the length of the last steps
        assertThat(found.value()).isBetween(exact - 2e-3, exact + 1e-12);
        RademacherLowerEstimate l11 = NetworkAscent.of(NetworkFunction.jacobianL11())
                .draws(8)
                .seed(21)
                .build()
                .estimate(network, X);
        // ||W||_{1,1} <= sqrt(12) ||W||_F, with equality for equal entries
        assertThat(l11.value()).isBetween(Math.sqrt(12) * (exact - 4e-3), Math.sqrt(12) * exact + 1e-12);
    }

    @Test
    void reluNetworksStayBelowTheirBounds() {
        NetworkClass network =
                new NetworkClass(relu(), Map.of("W1", WeightBall.frobenius(1), "W2", WeightBall.frobenius(1)));
        RademacherLowerEstimate found =
                logit(0).draws(6).starts(2).steps(60).build().estimate(network, X);
        InputNorms inputs = InputNorms.of(X);
        // ||W1||_F <= 1, ||w2||_2 <= 1: path norm at most 1, and a unit of its own reaches more than nothing
        double path = NetworkRademacherBounds.twoLayerPath(1, inputs).value();
        assertThat(found.value()).isBetween(0.1 * path, path);
        assertThat(found.confidentLower(0.99)).isLessThan(found.value()).isPositive();
        assertThat(found.guaranteedLower(0.99, inputs.largestL2())).isLessThan(found.confidentLower(0.99));
        assertThat(found.studentInterval(0.99).contains(found.value())).isTrue();
    }

    /** The supremum over one unit by enumeration of directions, of which the class of path norm 1 is the hull. */
    @Test
    void reluNetworksReachTheirBestUnitInThePlane() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2);
        java.util.Random random = new java.util.Random(8);
        SDVariable w1 = sd.var("W1", SmallNets.normal(DataType.DOUBLE, random, 0.5, 2, 6));
        SDVariable w2 = sd.var("W2", SmallNets.normal(DataType.DOUBLE, random, 0.5, 6, 1));
        SDVariable z = sd.nn().relu(x.mmul(w1), 0).mmul(w2);
        NetworkClass network = new NetworkClass(
                GraphModel.builder(sd).input("x").logits(z.name()).build(),
                Map.of("W1", WeightBall.frobenius(1), "W2", WeightBall.frobenius(1)));
        INDArray points = SmallNets.inputs(DataType.DOUBLE, 9, 10, 2);
        double exact = 0;
        for (double[] draw : Multipliers.SIGNS.draws(8, 10, 21)) {
            exact += bestUnit(draw, points.toDoubleMatrix()) / 10 / 8;
        }
        double found =
                logit(0).starts(3).steps(80).build().estimate(network, points).value();
        // not above the hull's supremum; the ascent is a heuristic, and 95 percent is what it reaches here
        assertThat(found).isBetween(0.95 * exact, exact * (1 + 1e-5));
    }

    private static double bestUnit(double[] draw, double[][] points) {
        double best = 0;
        for (int k = 0; k < 7200; k++) {
            double sum = 0;
            for (int i = 0; i < draw.length; i++) {
                double a = Math.cos(Math.PI * k / 3600) * points[i][0] + Math.sin(Math.PI * k / 3600) * points[i][1];
                sum += draw[i] * Math.max(0, a);
            }
            best = Math.max(best, Math.abs(sum));
        }
        return best;
    }

    @Test
    void lossClassOfAPretrainedNetwork() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        NetworkClass network = NetworkClass.ofPresentNorms(GraphModel.of(sd));
        assertThat(network.balls()).containsOnlyKeys("W1", "b1", "W2", "b2");
        INDArray labels = SmallNets.labels(DataType.DOUBLE, 4, 12, 3);
        NetworkAscent ascent = NetworkAscent.of(NetworkFunction.crossEntropy())
                .draws(3)
                .steps(10)
                .seed(2)
                .build();
        RademacherLowerEstimate found = ascent.estimate(network, X, labels);
        INDArray sparse = labels.argMax(1);
        assertThat(ascent.estimate(network, X, sparse).value()).isEqualTo(found.value());
        assertThat(found.value()).isPositive();
        assertThat(found.quantity()).contains("CrossEntropy").contains("12 inputs");
        RademacherLowerEstimate start = NetworkAscent.of(NetworkFunction.crossEntropy())
                .draws(3)
                .steps(0)
                .seed(2)
                .build()
                .estimate(network, X, labels);
        assertThat(found.value()).isGreaterThan(start.value());
    }

    @Test
    void callersGraphAndWeightsStay() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        Map<String, INDArray> before = new LinkedHashMap<>();
        sd.variables().stream()
                .filter(v -> v.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE)
                .forEach(v -> before.put(v.name(), v.getArr().dup()));
        int variables = sd.variables().size();
        INDArray x = X.dup();
        NetworkClass network = NetworkClass.ofPresentNorms(GraphModel.of(sd));
        logit(1).steps(5).threads(2).build().estimate(network, x);
        before.forEach(
                (name, weight) -> assertThat(sd.getVariable(name).getArr()).isEqualTo(weight));
        assertThat(sd.variables()).hasSize(variables);
        assertThat(x).isEqualTo(X);
        assertThat(sd.getLossVariables()).containsExactly(SmallNets.LOSS);
    }

    @Test
    void resultDependsOnTheSeedAndNotOnThreadsOrBatches() {
        NetworkClass network = NetworkClass.ofPresentNorms(GraphModel.of(SmallNets.mlp(DataType.DOUBLE)));
        NetworkAscent.Builder builder = logit(0).draws(3).starts(2).steps(3);
        double one = builder.build().estimate(network, X).value();
        assertThat(builder.threads(3).build().estimate(network, X).value()).isEqualTo(one);
        // another order of summation; steps are normalised, so rounding does not grow much in a few of them
        assertThat(builder.batch(11).threads(1).build().estimate(network, X).value())
                .isCloseTo(one, within(1e-9));
        assertThat(builder.batch(64).seed(22).build().estimate(network, X).value())
                .isNotEqualTo(one);
    }

    @Test
    void moreStartsAndLargerBallsFindMore() {
        NetworkClass small =
                new NetworkClass(relu(), Map.of("W1", WeightBall.frobenius(1), "W2", WeightBall.frobenius(1)));
        double one = logit(0).steps(10).build().estimate(small, X).value();
        double four = logit(0).steps(10).starts(3).build().estimate(small, X).value();
        assertThat(four).isGreaterThanOrEqualTo(one);
        // homogeneous of degree 1 in each layer, and so is every step
        NetworkClass large =
                new NetworkClass(relu(), Map.of("W1", WeightBall.frobenius(1e-3), "W2", WeightBall.frobenius(2)));
        double shrunk = logit(0).steps(10).starts(3).build().estimate(large, X).value();
        assertThat(shrunk)
                .isBetween(
                        0.0,
                        2e-3
                                * NetworkRademacherBounds.twoLayerPath(1, InputNorms.of(X))
                                        .value());
    }

    @Test
    void convolutionsTakeFrobeniusBalls() {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 5, 6, 1, 6, 6);
        NetworkClass network = NetworkClass.ofPresentNorms(GraphModel.of(sd));
        NetworkAscent ascent = NetworkAscent.of(NetworkFunction.jacobianFrobenius())
                .draws(3)
                .steps(10)
                .build();
        assertThat(ascent.estimate(network, x).value()).isPositive();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetworkClass(GraphModel.of(sd), Map.of("K", WeightBall.operator(1))))
                .withMessageContaining("only matrices have an operator norm");
    }

    @Test
    void progressAndCancellation() {
        NetworkClass network = new NetworkClass(linear(4, 1), Map.of("W1", WeightBall.frobenius(1)));
        List<Integer> heard = new ArrayList<>();
        List<Double> means = new ArrayList<>();
        RademacherLowerEstimate found = logit(0).steps(3)
                .threads(2)
                .progress((done, draws, mean) -> {
                    heard.add(done);
                    means.add(mean);
                    return draws == 8;
                })
                .build()
                .estimate(network, X);
        assertThat(heard).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(means.get(7)).isCloseTo(found.value(), within(1e-14));
        for (int threads = 1; threads <= 2; threads++) {
            NetworkAscent stopped = logit(0).steps(3)
                    .threads(threads)
                    .progress((done, draws, mean) -> done < 3)
                    .build();
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> stopped.estimate(network, X))
                    .withMessageContaining("of 8 draws");
        }
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> logit(0).build().estimate(network, X));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void badInput() {
        GraphModel model = linear(4, 2);
        NetworkClass network = new NetworkClass(model, Map.of("W1", WeightBall.frobenius(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetworkClass(model, Map.of()))
                .withMessageContaining("no ball");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetworkClass(model, Map.of("V", WeightBall.frobenius(1))))
                .withMessageContaining("'V' is no weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(2).build().estimate(network, X))
                .withMessageContaining("index 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(0).build().estimate(network, Nd4j.valueArrayOf(new long[] {3, 4}, Double.NaN)))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(0).build().estimate(network, Nd4j.create(DataType.DOUBLE, 0, 4)))
                .withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(0).build().estimate(network, Nd4j.ones(DataType.DOUBLE, 3, 5)));
        NetworkAscent loss = NetworkAscent.of(NetworkFunction.crossEntropy()).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.estimate(network, X))
                .withMessageContaining("needs labels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loss.estimate(network, X, Nd4j.zeros(DataType.INT32, 5)))
                .withMessageContaining("labels: got 5");
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkFunction.logit(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> logit(0).draws(1).build());
        assertThatIllegalArgumentException().isThrownBy(() -> logit(0).steps(-1).build());
        assertThatIllegalArgumentException().isThrownBy(() -> logit(0).starts(0).build());
        assertThatIllegalArgumentException().isThrownBy(() -> logit(0).batch(0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(0).threads(0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> logit(0).stepSize(Double.NaN).build());
    }

    @Test
    void overflowIsAnError() {
        NetworkClass network = new NetworkClass(linear(4, 1), Map.of("W1", WeightBall.frobenius(1e300)));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> logit(0).build().estimate(network, X.mul(1e300)))
                .withMessageContaining("overflows");
    }
}
