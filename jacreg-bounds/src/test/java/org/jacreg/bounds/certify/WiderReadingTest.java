package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Ops that move, fold and compose numbers, within small random networks: read as what they compute, and bounded soundly in both types. */
class WiderReadingTest {

    /** An op on images [N, 2, 4, 4] or sequences [N, 4, 6]. */
    interface Part extends BiFunction<SameDiff, SDVariable, SDVariable> {}

    private static final Random WEIGHTS = new Random(7);

    private static SDVariable weights(SameDiff sd, DataType type, double scale, long... shape) {
        return sd.var("w" + Arrays.toString(shape), SmallNets.normal(type, WEIGHTS, scale, shape));
    }

    private static SDVariable constant(SameDiff sd, INDArray values) {
        return sd.constant("c" + values.length(), values);
    }

    private static Arguments image(String name, Part part) {
        return Arguments.of(name, new long[] {2, 4, 4}, part);
    }

    private static Arguments sequence(String name, Part part) {
        return Arguments.of(name, new long[] {4, 6}, part);
    }

    static Stream<Arguments> parts() {
        Conv2DConfig window = Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build();
        return Stream.of(
                image(
                        "strided slice",
                        (sd, x) -> x.get(SDIndex.all(), SDIndex.point(1), SDIndex.interval(0L, 2L, 4L), SDIndex.all())),
                image(
                        "strided slice of one axis",
                        (sd, x) -> x.get(SDIndex.all(), SDIndex.all(), SDIndex.interval(1, 3), SDIndex.all())),
                image("slice", (sd, x) -> sd.slice(x, new int[] {0, 1, 1, 0}, -1, 1, 2, 4)),
                image("gather", (sd, x) -> sd.gather(x, constant(sd, Nd4j.createFromArray(3, 0, 0)), 2)),
                image("split", (sd, x) -> {
                    SDVariable[] halves = sd.split(new String[] {"h0", "h1"}, x, 2, 1);
                    return sd.nn().relu(halves[1], 0).sub(halves[0]);
                }),
                image("split in sizes", (sd, x) -> {
                    SDVariable[] parts =
                            sd.splitV(new String[] {"p0", "p1"}, x, constant(sd, Nd4j.createFromArray(1, 3)), 2, 2);
                    return sd.concat(2, sd.nn().relu(parts[1], 0), parts[0]);
                }),
                sequence("unstack and stack", (sd, x) -> {
                    SDVariable[] steps = sd.unstack(new String[] {"s0", "s1", "s2", "s3"}, x, 1, 4);
                    return sd.stack(1, steps[3], sd.math().tanh(steps[1]), steps[3]);
                }),
                sequence("tile", (sd, x) -> sd.tile(x, 1, 2, 3)),
                sequence("reverse", (sd, x) -> sd.reverse(x, 1)),
                image(
                        "pad",
                        (sd, x) -> sd.nn()
                                .pad(
                                        x,
                                        constant(sd, Nd4j.createFromArray(new int[][] {{0, 0}, {0, 0}, {1, 2}, {0, 1}
                                        })),
                                        PadMode.CONSTANT,
                                        0.75)),
                image(
                        "mirror pad",
                        (sd, x) -> sd.image()
                                .pad(
                                        x,
                                        constant(sd, Nd4j.createFromArray(new int[][] {{0, 0}, {0, 0}, {1, 1}, {2, 1}
                                        })),
                                        org.nd4j.enums.Mode.REFLECT,
                                        0)),
                image("upsampling", (sd, x) -> sd.cnn().upsampling2d(x, 2, 3, true)),
                image("space to depth", (sd, x) -> sd.cnn().spaceToDepth(x, 2, org.nd4j.enums.DataFormat.NCHW)),
                image("depth to space", (sd, x) -> sd.cnn().depthToSpace(x, 2, org.nd4j.enums.DataFormat.NHWC)),
                image(
                        "depthwise convolution",
                        (sd, x) -> sd.cnn()
                                .depthWiseConv2d(
                                        x,
                                        weights(sd, x.dataType(), 0.5, 3, 3, 2, 2),
                                        weights(sd, x.dataType(), 2, 4),
                                        window)),
                image(
                        "transposed convolution",
                        (sd, x) -> sd.cnn()
                                .deconv2d(
                                        x,
                                        weights(sd, x.dataType(), 0.5, 3, 3, 3, 2),
                                        weights(sd, x.dataType(), 2, 3),
                                        DeConv2DConfig.builder()
                                                .kH(3)
                                                .kW(3)
                                                .sH(2)
                                                .sW(2)
                                                .build())),
                image(
                        "convolution in space",
                        (sd, x) -> sd.cnn()
                                .conv3d(
                                        sd.expandDims(x, 1),
                                        weights(sd, x.dataType(), 0.5, 2, 2, 2, 1, 2),
                                        weights(sd, x.dataType(), 2, 2),
                                        Conv3DConfig.builder()
                                                .kD(2)
                                                .kH(2)
                                                .kW(2)
                                                .sD(1)
                                                .sH(1)
                                                .sW(1)
                                                .dataFormat(Conv3DConfig.NCDHW)
                                                .build())),
                sequence("dense at every step", (sd, x) -> {
                    SDVariable rows = sd.reshape(x, -1, 6);
                    SDVariable h =
                            rows.mmul(weights(sd, x.dataType(), 0.5, 6, 5)).add(weights(sd, x.dataType(), 1, 1, 5));
                    SDVariable next = sd.nn().relu(h, 0).mmul(weights(sd, x.dataType(), 0.5, 5, 6));
                    return sd.reshape(next.add(rows).mul(0.5), -1, 4, 6);
                }),
                sequence(
                        "linear at every step",
                        (sd, x) -> sd.reshape(
                                sd.nn()
                                        .linear(
                                                sd.reshape(x, -1, 6),
                                                weights(sd, x.dataType(), 0.5, 6, 5),
                                                weights(sd, x.dataType(), 1, 5)),
                                -1,
                                4,
                                5)),
                sequence("sum over steps", (sd, x) -> x.sum(1)),
                image("mean over channels", (sd, x) -> x.mean(1)),
                image("largest of a row", (sd, x) -> x.max(3)),
                sequence("mean over steps", (sd, x) -> x.mean(true, 1)),
                sequence("centred", (sd, x) -> x.sub(x.mean(true, 2))),
                sequence("largest step", (sd, x) -> x.max(1)),
                sequence("smallest entry", (sd, x) -> x.min(true, 2)),
                sequence(
                        "maximum of two",
                        (sd, x) -> sd.math().max(x, sd.math().tanh(x).mul(0.7))),
                sequence(
                        "minimum of two",
                        (sd, x) -> sd.math().min(x, sd.math().tanh(x).mul(0.7))),
                sequence(
                        "prelu",
                        (sd, x) -> sd.nn()
                                .prelu(
                                        x,
                                        sd.var("slopes", SmallNets.normal(x.dataType(), new Random(1), 0.4, 1, 6)),
                                        1)),
                sequence("absolute values", (sd, x) -> sd.math().abs(x)),
                sequence("logarithm of sigmoid", (sd, x) -> sd.nn().logSigmoid(x)),
                sequence("rectified tanh", (sd, x) -> sd.math().rectifiedTanh(x)),
                sequence("no less than a number", (sd, x) -> sd.scalarMax(x, -0.2)),
                sequence("no more than a number", (sd, x) -> sd.scalarMin(x, 0.3)),
                sequence("clipped", (sd, x) -> sd.math().clipByValue(x, -0.4, 0.3)));
    }

    /** The part between two linear layers, behind a rectifier. */
    static SameDiff network(DataType type, long[] shape, Part part) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(3);
        long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        SDVariable x = sd.placeHolder("x", type, -1, 3);
        SDVariable first = x.mmul(sd.var("first", SmallNets.normal(type, random, 0.7, 3, size)))
                .add(sd.var("bias", SmallNets.normal(type, random, 0.3, 1, size)));
        long[] whole = new long[shape.length + 1];
        whole[0] = -1;
        System.arraycopy(shape, 0, whole, 1, shape.length);
        SDVariable in = sd.reshape(sd.nn().elu(first), whole);
        SDVariable out = part.apply(sd, in);
        INDArray probe =
                sd.output(Map.of("x", Nd4j.zeros(type, 1, 3)), out.name()).get(out.name());
        SDVariable flat = sd.reshape(out, -1, probe.length());
        flat.mmul(sd.var("last", SmallNets.normal(type, random, 1 / Math.sqrt(probe.length()), probe.length(), 3)))
                .rename("out");
        return sd;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void readAndBounded(String name, long[] shape, Part part) {
        check(shape, part);
    }

    /** Numbers are the graph's, and margins hold, in both types, by every method. */
    static void check(long[] shape, Part part) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            SameDiff sd = network(type, shape, part);
            BoundGraph graph =
                    BoundGraph.of(GraphModel.builder(sd).logits("out").build());
            INDArray x = SmallNets.normal(type, new Random(5), 1, 4, 3);
            double[][] logits = SampleRows.of(sd.output(Map.of("x", x), "out").get("out"));
            double[][] samples = SampleRows.of(x);
            for (int n = 0; n < samples.length; n++) {
                double[] read = graph.logits(samples[n]);
                for (int c = 0; c < 3; c++) {
                    assertThat(read[c])
                            .isCloseTo(
                                    logits[n][c],
                                    org.assertj.core.data.Offset.offset((type == DataType.FLOAT ? 1e-5 : 1e-13)
                                            * (1 + 0.1 * Math.abs(logits[n][c]))));
                }
            }
            for (BoundMethod method : BoundMethod.values()) {
                for (double radius : new double[] {0, 1e-6, 0.1}) {
                    holds(sd, x, radius, Certifier.of(graph).method(method).build());
                }
            }
        }
    }

    private static void holds(SameDiff sd, INDArray x, double radius, Certifier certifier) {
        double[][] margins = certifier.margins(SampleRows.of(x), new int[4], radius);
        assertThat(radius < 1e-3 && Double.isInfinite(margins[0][1]))
                .as("overflow")
                .isFalse();
        Random random = new Random(3);
        for (int t = 0; t < 20; t++) {
            INDArray moved = x.dup('c');
            for (int i = 0; i < 12; i++) {
                double old = x.getDouble(i / 3, i % 3);
                moved.putScalar(i / 3, i % 3, old + radius * (random.nextBoolean() ? 1 : -1) * 0.999);
                // in float32 the step to the point is itself rounded
                if (!(Math.abs(moved.getDouble(i / 3, i % 3) - old) <= radius)) {
                    moved.putScalar(i / 3, i % 3, old);
                }
            }
            double[][] z = SampleRows.of(sd.output(Map.of("x", moved), "out").get("out"));
            for (int n = 0; n < 4; n++) {
                for (int j = 1; j < 3; j++) {
                    assertThat(z[n][0] - z[n][j])
                            .as("sample %d, class %d, radius %s, %s", n, j, radius, certifier)
                            .isGreaterThanOrEqualTo(margins[n][j] - 1e-15);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void probabilitiesAreReadAsLogits(DataType type) {
        for (boolean logarithm : new boolean[] {false, true}) {
            SameDiff sd = SmallNets.mlp(type);
            SDVariable z = sd.getVariable(SmallNets.LOGITS);
            (logarithm ? sd.nn().logSoftmax(z) : sd.nn().softmax(z, 1)).rename("p");
            BoundGraph ofLogits = BoundGraph.of(
                    GraphModel.builder(sd).logits(SmallNets.LOGITS).build());
            BoundGraph graph = BoundGraph.of(GraphModel.builder(sd).logits("p").build());
            double[] x = {0.1, 0.2, 0.3, 0.4};
            assertThat(graph.logits(x)).isEqualTo(ofLogits.logits(x));
            double plain = Certifier.of(ofLogits).build().margins(new double[][] {x}, new int[1], 0.05)[0][1];
            double below = Certifier.of(graph).build().margins(new double[][] {x}, new int[1], 0.05)[0][1];
            double u = type == DataType.FLOAT ? 0x1p-24 : 0x1p-53;
            assertThat(plain - below).isBetween(1000 * u, 5000 * u);
        }
    }

    /** Logits that differ by less than float32 can show as probabilities are a tie; where there is a certificate there is none. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void probabilitiesThatRoundToATieAreNotCertified(boolean logarithm) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        SDVariable z = x.mmul(sd.var("w", Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})))
                .rename("z");
        (logarithm ? sd.nn().logSoftmax(z) : sd.nn().softmax(z, 1)).rename("p");
        Certifier ofLogits = Certifier.of(
                        BoundGraph.of(GraphModel.builder(sd).logits("z").build()))
                .build();
        Certifier ofProbabilities = Certifier.of(
                        BoundGraph.of(GraphModel.builder(sd).logits("p").build()))
                .build();
        Random random = new Random(8);
        int ties = 0;
        int certified = 0;
        for (int n = 0; n < 400; n++) {
            float size = (float) Math.pow(10, -10 + 7 * random.nextDouble());
            float second = size * random.nextFloat();
            float[] sample = {second + size, second, n % 2 == 0 ? -20 : second};
            float[] p = sd.outputSingle(Map.of("x", Nd4j.createFromArray(new float[][] {sample})), "p")
                    .toFloatVector();
            double[][] same = {{sample[0], sample[1], sample[2]}};
            boolean tie = !(p[0] > p[1] && p[0] > p[2]);
            ties += tie ? 1 : 0;
            assertThat(ofLogits.certify(same, new int[1], 0).get(0).certified()).isTrue();
            boolean proved = ofProbabilities.certify(same, new int[1], 0).get(0).certified();
            certified += proved ? 1 : 0;
            assertThat(tie && proved).as(Arrays.toString(sample)).isFalse();
        }
        assertThat(ties).isGreaterThan(50);
        assertThat(certified).isGreaterThan(50);
    }

    @Test
    void refusals() {
        assertRefused((sd, x) -> sd.nn().logSoftmax(x.sum(1)), "not the last op");
        assertRefused((sd, x) -> x.add(x.mean(true, 0)), "coupled");
        assertRefused((sd, x) -> x.sub(x.mean(true, -1)), "count them from 0");
        assertRefused((sd, x) -> sd.math().sin(sd.slice(x, new int[] {0, 1, 1}, -1, 1, 2)), "sin");
        assertRefused((sd, x) -> x.pow(4), "exponent");
    }

    private static void assertRefused(Part part, String reason) {
        assertThatThrownBy(() -> {
                    SameDiff sd = network(DataType.DOUBLE, new long[] {4, 6}, part);
                    BoundGraph.of(GraphModel.builder(sd).logits("out").build());
                })
                .isInstanceOfAny(UnboundableGraphException.class, IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
