package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
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

/** Graphs are read as what they compute, certified against their own evaluation, and refused with every reason. */
class GraphReadingTest {

    /** Logits of order one, a few hundred operations in float64 in another order. */
    private static final double ROUNDING = 1e-12;

    private static GraphModel model(SameDiff sd, String output) {
        return GraphModel.builder(sd).logits(output).build();
    }

    private static double[][] rows(INDArray x) {
        return SampleRows.of(x);
    }

    private static int[] predictions(double[][] logits) {
        return Arrays.stream(logits)
                .mapToInt(z -> {
                    int best = 0;
                    for (int j = 1; j < z.length; j++) {
                        best = z[j] > z[best] ? j : best;
                    }
                    return best;
                })
                .toArray();
    }

    /** Logits agree with the graph's, and the graph's own evaluation stays within bounds in a ball. */
    private static void check(SameDiff sd, String output, INDArray x) {
        // a session's cached arrays keep strides of another order, by which concat goes (docs/nd4j-bugs.md)
        sd.setEnableCache(false);
        BoundGraph graph = BoundGraph.of(model(sd, output));
        INDArray expected = sd.output(Map.of("x", x), output).get(output);
        double[][] samples = rows(x);
        double tolerance = graph.arithmetic() == Arithmetic.FLOAT32 ? 1e-4 : ROUNDING;
        for (int n = 0; n < samples.length; n++) {
            double[] logits = graph.logits(samples[n]);
            for (int j = 0; j < logits.length; j++) {
                assertThat(logits[j])
                        .isCloseTo(expected.getDouble(n, j), org.assertj.core.data.Offset.offset(tolerance));
            }
        }
        int[] labels = predictions(rows(expected));
        for (BoundMethod method : BoundMethod.values()) {
            for (double radius : new double[] {0, 1e-6, 0.05}) {
                holds(
                        sd,
                        output,
                        x,
                        labels,
                        radius,
                        Certifier.of(graph).method(method).build());
            }
        }
    }

    private static void holds(
            SameDiff sd, String output, INDArray x, int[] labels, double radius, Certifier certifier) {
        double[][] margins = certifier.margins(rows(x), labels, radius);
        Random random = new Random(3);
        for (int t = 0; t < 20; t++) {
            INDArray moved = x.dup('c');
            INDArray flat = moved.reshape(moved.length());
            for (long i = 0; i < flat.length(); i++) {
                double old = flat.getDouble(i);
                flat.putScalar(i, old + radius * (random.nextBoolean() ? 1 : -1) * 0.999);
                // in float32 the step to the point is itself rounded
                if (!(Math.abs(flat.getDouble(i) - old) <= radius)) {
                    flat.putScalar(i, old);
                }
            }
            double[][] z = rows(sd.output(Map.of("x", moved), output).get(output));
            for (int n = 0; n < z.length; n++) {
                for (int j = 0; j < z[n].length; j++) {
                    assertThat(z[n][labels[n]] - z[n][j])
                            .as("sample %d, class %d, radius %s, %s", n, j, radius, certifier)
                            .isGreaterThanOrEqualTo(margins[n][j] - 1e-15 * (1 + Math.abs(z[n][j])));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlp_relu",
                "mlp_tanh",
                "mlp_softplus",
                "mlp_sigmoid",
                "mlp_elu",
                "mlp_leakyrelu",
                "mlp_silu",
                "mlp_tanh_b1_c2",
                "mlp_softplus_b5_c7",
                "conv_maxpool_dense",
                "conv_maxpool_overlap_tanh",
                "conv_avgpool_dense",
                "conv_strided",
                "conv_padded",
                "conv_dilated",
                "conv_conv_pool_relu",
                "batchnorm_eval_dense",
                "batchnorm_eval_conv",
                "residual_add",
                "concat",
                "conv1d",
                "reshape_transpose_flatten",
                "gated_mul",
                "layernorm",
                "lstm_unrolled",
                "mha_block",
                "mlp_gelu_erf",
                "mlp_gelu_tanh",
                "mlp_gelu_sigmoid"
            })
    void goldenNetworks(String name) {
        GoldenCase golden = Golden.named(name);
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            check(
                    GoldenGraph.build(golden, type),
                    GoldenGraph.output(golden),
                    golden.array("x").castTo(type));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"precise_gelu", "log_softmax", "sin"})
    void refusals(String op) {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.placeHolder("x", DataType.DOUBLE, -1, 3)
                .mmul(sd.var("w", SmallNets.normal(DataType.DOUBLE, new Random(1), 1, 3, 4)));
        SDVariable y = switch (op) {
            case "precise_gelu" -> sd.nn().preciseGelu(h);
            case "log_softmax" -> sd.nn().logSoftmax(h);
            default -> sd.math().sin(h);
        };
        y.mmul(sd.var("v", SmallNets.normal(DataType.DOUBLE, new Random(2), 1, 4, 2)))
                .rename("out");
        assertThatThrownBy(() -> BoundGraph.of(model(sd, "out")))
                .isInstanceOfSatisfying(
                        UnboundableGraphException.class,
                        e -> assertThat(e.obstacles()).anyMatch(line -> line.contains("(" + op + ")")))
                .hasMessageContaining("nothing can be certified");
    }

    /** Every op that stands in the way is named, not the first one alone. */
    @Test
    void allObstaclesAreNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable h = sd.math().sin(x);
        h = h.mmul(sd.var("w", Nd4j.ones(DataType.DOUBLE, 3, 2)));
        h = sd.math().cosh(h);
        sd.math().tan(h).rename("out");
        assertThatThrownBy(() -> BoundGraph.of(model(sd, "out")))
                .isInstanceOfSatisfying(
                        UnboundableGraphException.class,
                        e -> assertThat(e.obstacles())
                                .hasSize(3)
                                .anyMatch(line -> line.contains("(sin)"))
                                .anyMatch(line -> line.contains("(cosh)"))
                                .anyMatch(line -> line.contains("(tan)")));
    }

    @Test
    void imagesJoinedPermutedAndSubtracted() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(2);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2, 3, 2);
        SDVariable h = sd.concat(1, sd.math().tanh(x), x.mul(0.5));
        SDVariable p = sd.permute(h, 0, 2, 3, 1);
        SDVariable flat = sd.reshape(p, -1, 24);
        SDVariable a = flat.mmul(sd.var("a", SmallNets.normal(DataType.DOUBLE, random, 0.4, 24, 4)));
        SDVariable b = sd.nn().relu(flat, 0).mmul(sd.var("b", SmallNets.normal(DataType.DOUBLE, random, 0.4, 24, 4)));
        a.sub(b)
                .add(sd.var("bias", SmallNets.normal(DataType.DOUBLE, random, 0.4, 1, 4)))
                .rename("out");
        check(sd, "out", SmallNets.normal(DataType.DOUBLE, random, 1, 3, 2, 3, 2));
    }

    /** ND4J's own batch normalisation in float32, with means large enough for cancellation to show. */
    @Test
    void batchNormalisationWithCancellation() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(4);
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3, 4, 4);
        SDVariable mean = sd.constant("mean", SmallNets.normal(DataType.FLOAT, random, 100, 3));
        SDVariable variance = sd.constant("variance", Nd4j.createFromArray(0.5f, 2f, 1e-2f));
        SDVariable gamma = sd.var("gamma", SmallNets.normal(DataType.FLOAT, random, 1, 3));
        SDVariable beta = sd.var("beta", SmallNets.normal(DataType.FLOAT, random, 1, 3));
        SDVariable h = sd.nn().batchNorm(x.add(100), mean, variance, gamma, beta, 1e-5, 1);
        SDVariable w = sd.var("w", SmallNets.normal(DataType.FLOAT, random, 1e-3, 48, 3));
        sd.reshape(sd.nn().relu(h, 0), -1, 48).mmul(w).rename("out");
        BoundGraph graph = BoundGraph.of(model(sd, "out"));
        assertThat(graph.arithmetic()).isEqualTo(Arithmetic.FLOAT32);
        INDArray inputs = SmallNets.normal(DataType.FLOAT, random, 1, 2, 3, 4, 4);
        holds(sd, "out", inputs, new int[2], 0, Certifier.of(graph).build());
        holds(sd, "out", inputs, new int[2], 0.01, Certifier.of(graph).build());
    }

    /** A mask made by comparison is no constant, also where the batch size is fixed and its shape does not show it. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 2})
    void masksMadeOfTheSampleAreRefused(long batch) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, batch, 3);
        SDVariable mask = x.gt(0.3).castTo(DataType.DOUBLE);
        x.mul(mask)
                .mmul(sd.var("w", SmallNets.normal(DataType.DOUBLE, new Random(1), 1, 3, 2)))
                .rename("out");
        assertThatThrownBy(() -> BoundGraph.of(model(sd, "out")))
                .isInstanceOf(UnboundableGraphException.class)
                .hasMessageContaining("multiply");
    }

    @Test
    void halfPrecisionIsRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        SDVariable half = x.castTo(DataType.FLOAT16);
        half.castTo(DataType.FLOAT)
                .mmul(sd.var("w", Nd4j.ones(DataType.FLOAT, 3, 2)))
                .rename("out");
        assertThatThrownBy(() -> BoundGraph.of(model(sd, "out")))
                .isInstanceOf(UnboundableGraphException.class)
                .hasMessageContaining("rounding is not analysed");
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.getVariable("W1").getArr().putScalar(0, Double.NaN);
        assertThatThrownBy(() -> BoundGraph.of(model(sd, SmallNets.LOGITS))).hasMessageContaining("NaN");
    }

    @Test
    void laterTrainingDoesNotChangeTheGraph() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        BoundGraph graph = BoundGraph.of(sd);
        double[] x = {0.1, 0.2, 0.3, 0.4};
        double[] before = graph.logits(x);
        sd.getVariable("W1").getArr().muli(2);
        assertThat(graph.logits(x)).isEqualTo(before);
    }

    @Test
    void convolutionalNetworkOfTheTests() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            check(SmallNets.conv(type), SmallNets.LOGITS, SmallNets.inputs(type, 6, 3, 1, 6, 6));
        }
    }
}
