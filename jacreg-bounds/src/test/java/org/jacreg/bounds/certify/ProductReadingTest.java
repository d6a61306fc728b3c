package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jacreg.bounds.certify.WiderReadingTest.Part;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Products, quotients and what is made of them, as SameDiff ops: read as what they compute, and bounded soundly in both types. */
class ProductReadingTest {

    private static Arguments sequence(String name, Part part) {
        return Arguments.of(name, part);
    }

    private static SDVariable dense(SameDiff sd, SDVariable x, String name, long in, long out) {
        return x.mmul(sd.var(name, SmallNets.normal(x.dataType(), new Random(out), 0.5, in, out)));
    }

    private static SDVariable centred(SDVariable x) {
        return x.sub(x.mean(true, 2));
    }

    private static SDVariable gain(SameDiff sd, SDVariable x, long channels) {
        return sd.var("gain", SmallNets.normal(x.dataType(), new Random(8), 1, channels));
    }

    static Stream<Arguments> parts() {
        return Stream.of(
                sequence("product", (sd, x) -> x.mul(sd.math().tanh(x))),
                sequence("product of itself", (sd, x) -> x.mul(x)),
                sequence("product with a mean", (sd, x) -> x.mul(x.mean(true, 2))),
                sequence("product of rows", (sd, x) -> {
                    SDVariable rows = sd.reshape(x, -1, 6);
                    return sd.reshape(
                            sd.math().square(dense(sd, rows, "w", 6, 6)).mul(rows), -1, 4, 6);
                }),
                sequence("gate", (sd, x) -> {
                    SDVariable rows = sd.reshape(x, -1, 24);
                    return dense(sd, rows, "a", 24, 5).mul(sd.nn().sigmoid(dense(sd, rows, "b", 24, 5)));
                }),
                sequence("square", (sd, x) -> sd.math().square(x)),
                sequence("power", (sd, x) -> x.pow(2).add(1).pow(-0.5)),
                sequence("squared difference", (sd, x) -> x.squaredDifference(x.mean(true, 1))),
                sequence(
                        "squared difference from a constant",
                        (sd, x) -> x.squaredDifference(
                                sd.constant(SmallNets.normal(x.dataType(), new Random(2), 1, 1, 1, 6)))),
                sequence("quotient", (sd, x) -> x.div(sd.math().square(x).add(0.5))),
                sequence(
                        "quotient from the right",
                        (sd, x) -> sd.math().square(x).add(0.5).rdiv(x)),
                sequence(
                        "number over values",
                        (sd, x) -> sd.math().square(x).add(0.5).rdiv(2.0)),
                sequence(
                        "number over negative values",
                        (sd, x) -> sd.math().square(x).rsub(-0.5).rdiv(2.0)),
                sequence(
                        "constant over values",
                        (sd, x) -> sd.constant(SmallNets.normal(x.dataType(), new Random(2), 1, 1, 4, 6))
                                .div(sd.math().square(x).add(0.5))),
                sequence("reciprocal", (sd, x) -> sd.math().reciprocal(sd.math().exp(x))),
                sequence("roots", (sd, x) -> sd.math().sqrt(sd.math().square(x).add(0.1))),
                sequence(
                        "logarithm",
                        (sd, x) -> sd.math().log(sd.math().square(x).add(0.1))),
                sequence("softmax written out", (sd, x) -> {
                    SDVariable e = sd.math().exp(x.sub(x.max(true, 2)));
                    return e.div(e.sum(true, 2));
                }),
                sequence("layer normalisation written out", (sd, x) -> {
                    SDVariable c = centred(x);
                    return c.div(
                            sd.math().sqrt(sd.math().square(c).mean(true, 2).add(1e-3)));
                }),
                sequence("layer normalisation by the inverse root", (sd, x) -> {
                    SDVariable c = centred(x);
                    return c.mul(
                            sd.math().rsqrt(sd.math().square(c).mean(true, 2).add(1e-3)));
                }),
                sequence("standardised", (sd, x) -> sd.math().standardize(x, 2)),
                sequence("standardised as a whole", (sd, x) -> sd.math().standardize(x, 1, 2)),
                sequence(
                        "layer normalisation",
                        (sd, x) -> sd.nn()
                                .layerNorm(
                                        x,
                                        gain(sd, x, 6),
                                        sd.var("b", SmallNets.normal(x.dataType(), new Random(9), 1, 6)),
                                        false,
                                        2)),
                sequence(
                        "layer normalisation, channels first",
                        (sd, x) -> sd.nn().layerNorm(sd.expandDims(x, 3), gain(sd, x, 4), true, 1, 2)),
                sequence(
                        "layer normalisation of rows",
                        (sd, x) -> sd.reshape(
                                sd.nn().layerNorm(sd.reshape(x, -1, 6), gain(sd, x, 6), false, 1), -1, 4, 6)),
                sequence("softmax", (sd, x) -> sd.nn().softmax(x.mul(2), 2)),
                sequence("softmax over steps", (sd, x) -> sd.nn().softmax(x, 1)),
                sequence("softmax of rows", (sd, x) -> sd.reshape(sd.nn().softmax(sd.reshape(x, -1, 6), 1), -1, 4, 6)),
                sequence(
                        "gelu written out",
                        (sd, x) -> x.mul(0.5)
                                .mul(sd.math().erf(x.div(Math.sqrt(2))).add(1))),
                sequence(
                        "gelu written out, the other way around",
                        (sd, x) ->
                                sd.math().erf(x.mul(-1.3)).add(1).mul(2).mul(x).mul(0.25)),
                sequence(
                        "gelu with the hyperbolic tangent",
                        (sd, x) -> x.mul(0.5)
                                .mul(sd.math()
                                        .tanh(x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)))
                                        .add(1))),
                sequence(
                        "error function, cube",
                        (sd, x) -> sd.math().erf(x).add(sd.math().cube(x))),
                sequence("products of matrices", (sd, x) -> sd.mmul(x, sd.math().tanh(x), false, true, false)),
                sequence(
                        "products of transposed matrices",
                        (sd, x) -> sd.mmul(x, sd.math().tanh(x), true, false, false)),
                sequence("products of matrices for each head", (sd, x) -> {
                    SDVariable heads = sd.permute(sd.reshape(x, -1, 4, 2, 3), 0, 2, 1, 3);
                    return heads.mmul(sd.permute(sd.nn().sigmoid(heads), 0, 1, 3, 2));
                }),
                sequence("attention", (sd, x) -> {
                    SDVariable rows = sd.reshape(x, -1, 6);
                    SDVariable q = sd.reshape(dense(sd, rows, "q", 6, 3), -1, 4, 3);
                    SDVariable k = sd.reshape(dense(sd, rows, "k", 6, 3), -1, 4, 3);
                    SDVariable v = sd.reshape(dense(sd, rows, "v", 6, 3), -1, 4, 3);
                    SDVariable scores = sd.mmul(q, k, false, true, false).div(Math.sqrt(3));
                    return sd.nn().softmax(scores, 2).mmul(v);
                }),
                sequence(
                        "softmax of large numbers",
                        (sd, x) -> sd.nn().softmax(x.mul(300).add(1000), 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void readAndBounded(String name, Part part) {
        WiderReadingTest.check(new long[] {4, 6}, part);
    }

    /** The pattern is one activation, which is tighter than a product. */
    @Test
    void writtenOutGeluIsOneActivation() {
        SameDiff sd = WiderReadingTest.network(
                DataType.FLOAT,
                new long[] {4, 6},
                (graph, x) ->
                        x.mul(0.5).mul(graph.math().erf(x.div(Math.sqrt(2))).add(1)));
        BoundGraph graph = BoundGraph.of(GraphModel.builder(sd).logits("out").build());
        assertThat(graph.describe()).noneMatch(node -> node.contains("ProductNode"));
        SameDiff other = WiderReadingTest.network(
                DataType.FLOAT,
                new long[] {4, 6},
                (g, x) -> x.mul(0.5).mul(g.math().erf(x.div(Math.sqrt(2))).add(0.9)));
        assertThat(BoundGraph.of(GraphModel.builder(other).logits("out").build())
                        .describe())
                .anyMatch(node -> node.contains("ProductNode"));
    }

    /** Where a divisor may be 0, or the argument of a root negative, nothing is certified; nearby, where it is not, it is. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void divisorsNearZeroAreNotCertified(DataType type) {
        for (String op : new String[] {"divide", "rsqrt", "log"}) {
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.placeHolder("x", type, -1, 2);
            SDVariable h = x.mmul(sd.var(
                    "w",
                    Nd4j.createFromArray(new double[][] {{1, 0.5}, {0.25, 1}}).castTo(type)));
            SDVariable y = switch (op) {
                case "divide" -> x.div(h);
                case "rsqrt" -> sd.math().rsqrt(h);
                default -> sd.math().log(h);
            };
            y.mmul(sd.var(
                            "v",
                            Nd4j.createFromArray(new double[][] {{1, 0}, {0, -1}})
                                    .castTo(type)))
                    .rename("out");
            BoundGraph graph =
                    BoundGraph.of(GraphModel.builder(sd).logits("out").build());
            double[] point = {3, 0.75};
            int label = graph.logits(point)[0] > graph.logits(point)[1] ? 0 : 1;
            for (BoundMethod method : BoundMethod.values()) {
                Certifier certifier = Certifier.of(graph).method(method).build();
                assertThat(certifier.certify(point, label, 1e-3).certified())
                        .as(op)
                        .isTrue();
                // beyond 2.25, h_2 = 0.5 x_1 + x_2 may be 0 at a distance of 1.5
                assertThat(certifier.certify(point, label, 1.6)).isInstanceOf(NotCertified.class);
                NotCertified refused = (NotCertified) certifier.certify(point, label, 1.6);
                assertThat(refused.reason()).isEqualTo(NotCertified.Reason.OVERFLOW);
                assertThat(certifier.margins(new double[][] {point}, new int[] {label}, 1.6)[0][1 - label])
                        .isEqualTo(Double.NEGATIVE_INFINITY);
                Certificate largest = certifier
                        .largestRadii(new double[][] {point}, new int[] {label}, 10)
                        .get(0);
                assertThat(largest.radius()).isBetween(1e-3, 1.5);
            }
        }
    }

    /** What one sample's division by 0 leaves behind does not touch the others of its batch. */
    @Test
    void otherSamplesOfTheBatchStay() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2);
        x.div(sd.nn().softplus(x).sub(0.5)).rename("out");
        BoundGraph graph = BoundGraph.of(GraphModel.builder(sd).logits("out").build());
        double[][] samples = {{1, 2}, {0, -0.43}, {3, 0.5}, {-0.4328, 1}};
        for (BoundMethod method : BoundMethod.values()) {
            Certifier certifier = Certifier.of(graph).method(method).build();
            double[][] together = certifier.margins(samples, new int[4], 0.05);
            for (int n = 0; n < samples.length; n++) {
                double alone = certifier.margins(new double[][] {samples[n]}, new int[1], 0.05)[0][1];
                assertThat(Double.isInfinite(alone)).isEqualTo(n % 2 == 1);
                assertThat(together[n][1]).isEqualTo(alone);
            }
        }
        assertThat(sd.output(Map.of("x", Nd4j.createFromArray(samples)), "out")
                        .get("out")
                        .getDouble(0, 0))
                .isEqualTo(graph.logits(samples[0])[0]);
    }
}
