package org.jacreg.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Builds a golden network in SameDiff, in a given type: input {@code x}, label {@code label} (one-hot), the last node's value
 * as output, and the mean cross-entropy {@code loss}.
 */
public final class GoldenGraph {

    @FunctionalInterface
    private interface NodeBuilder {
        SDVariable build(GoldenGraph graph, JsonNode node, SDVariable[] in);
    }

    private static final Map<String, NodeBuilder> BUILDERS = builders();

    private final SameDiff sd = SameDiff.create();
    private final GoldenCase golden;
    private final DataType type;

    private GoldenGraph(GoldenCase golden, DataType type) {
        this.golden = golden;
        this.type = type;
    }

    public static SameDiff build(GoldenCase golden, DataType type) {
        return new GoldenGraph(golden, type).build();
    }

    public static String output(GoldenCase golden) {
        JsonNode nodes = golden.json().get("nodes");
        return nodes.get(nodes.size() - 1).get("out").asText();
    }

    private SameDiff build() {
        long[] sample = golden.inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = -1;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        sd.placeHolder("x", type, shape);
        SDVariable label = sd.placeHolder("label", type, -1, golden.classes());
        for (JsonNode node : golden.json().get("nodes")) {
            JsonNode inputs = node.get("in");
            SDVariable[] in = new SDVariable[inputs.size()];
            for (int i = 0; i < in.length; i++) {
                in[i] = sd.getVariable(inputs.get(i).asText());
            }
            SDVariable out = BUILDERS.get(node.get("op").asText()).build(this, node, in);
            out.rename(node.get("out").asText());
        }
        SDVariable output = sd.getVariable(output(golden));
        if (golden.probabilities()) {
            sd.math().log(output).mul(label).sum(1).neg().mean("loss");
            sd.setLossVariables("loss");
        } else {
            sd.loss().softmaxCrossEntropy("loss", label, output, null);
        }
        return sd;
    }

    private SDVariable parameter(JsonNode node, int index) {
        String name = node.get("params").get(index).asText();
        return sd.hasVariable(name)
                ? sd.getVariable(name)
                : sd.var(name, golden.parameter(name).castTo(type));
    }

    private static long at(JsonNode node, String attribute, int index) {
        return node.get("attr").get(attribute).get(index).asLong();
    }

    private static SDVariable dense(GoldenGraph g, JsonNode node, SDVariable x) {
        if (g.rank(node) == 3) {
            return g.layers().denseOnSequence(x, g.parameter(node, 0), g.parameter(node, 1), g.size(node, 1));
        }
        if (g.golden.batch() == 1) {
            // The gradient of ND4J 1.0.0-M2.1's linear() fails for a batch of one (a sum over an axis of length 1).
            return x.mmul(g.parameter(node, 0)).add(g.parameter(node, 1));
        }
        return g.sd.nn().linear(x, g.parameter(node, 0), g.parameter(node, 1));
    }

    /** ND4J's preciseGelu takes the coefficient inside the cube, so the formula is written out. */
    private static SDVariable geluTanh(GoldenGraph g, SDVariable x) {
        SDVariable inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(g.sd.math().tanh(inner).add(1)).mul(0.5);
    }

    private static SDVariable conv2d(GoldenGraph g, JsonNode node, SDVariable x) {
        // Golden weights are [out, in, kh, kw]; ND4J's default format is [kh, kw, in, out].
        String name = node.get("params").get(0).asText();
        INDArray weights = g.golden.parameter(name).castTo(g.type);
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(weights.size(2))
                .kW(weights.size(3))
                .sH(at(node, "stride", 0))
                .sW(at(node, "stride", 1))
                .pH(at(node, "pad", 0))
                .pW(at(node, "pad", 1))
                .dH(at(node, "dilation", 0))
                .dW(at(node, "dilation", 1))
                .build();
        SDVariable kernel = g.sd.permute(g.sd.var(name, weights), 2, 3, 1, 0);
        return g.sd.cnn().conv2d(x, kernel, g.parameter(node, 1), config);
    }

    private static Pooling2DConfig pooling(JsonNode node) {
        return Pooling2DConfig.builder()
                .kH(at(node, "kernel", 0))
                .kW(at(node, "kernel", 1))
                .sH(at(node, "stride", 0))
                .sW(at(node, "stride", 1))
                .build();
    }

    private static SDVariable reshape(GoldenGraph g, JsonNode node, SDVariable x) {
        long[] sample = GoldenCase.longs(node.get("attr").get("shape"));
        long[] shape = new long[sample.length + 1];
        shape[0] = -1;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        return g.sd.reshape(x, shape);
    }

    private GoldenLayers layers() {
        return new GoldenLayers(sd);
    }

    private static double eps(JsonNode node) {
        return node.get("attr").get("eps").asDouble();
    }

    /** The shape of a node's (first) input, for one sample of zeros. */
    private long[] shape(JsonNode node) {
        long[] sample = golden.inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = 1;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        String name = node.get("in").get(0).asText();
        return name.equals("x")
                ? shape
                : sd.outputSingle(Map.of("x", Nd4j.zeros(type, shape)), name).shape();
    }

    private int rank(JsonNode node) {
        return shape(node).length;
    }

    private long size(JsonNode node, int axis) {
        return shape(node)[axis];
    }

    private SDVariable constant(JsonNode node, int index) {
        String name = node.get("consts").get(index).asText();
        return sd.constant(name, golden.constant(name).castTo(type));
    }

    private static SDVariable batchNorm(GoldenGraph g, JsonNode node, SDVariable[] in) {
        return g.layers()
                .batchNorm(
                        in[0],
                        g.constant(node, 0),
                        g.constant(node, 1),
                        g.parameter(node, 0),
                        g.parameter(node, 1),
                        eps(node),
                        g.rank(node));
    }

    private static SDVariable conv1d(GoldenGraph g, JsonNode node, SDVariable[] in) {
        return g.layers()
                .conv1d(
                        in[0],
                        g.parameter(node, 0),
                        g.parameter(node, 1),
                        at(node, "stride", 0),
                        at(node, "pad", 0),
                        at(node, "dilation", 0));
    }

    private static SDVariable maxPool1d(GoldenGraph g, JsonNode node, SDVariable[] in) {
        return g.layers()
                .maxPool1d(in[0], g.size(node, 1), g.size(node, 2), at(node, "kernel", 0), at(node, "stride", 0));
    }

    private static SDVariable attention(GoldenGraph g, JsonNode node, SDVariable[] in) {
        SDVariable[] parameters = new SDVariable[node.get("params").size()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = g.parameter(node, i);
        }
        return g.layers()
                .selfAttention(
                        in[0],
                        parameters,
                        g.size(node, 1),
                        node.get("attr").get("heads").asLong());
    }

    private static int[] ints(JsonNode node) {
        int[] result = new int[node.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = node.get(i).asInt();
        }
        return result;
    }

    private static Map<String, NodeBuilder> builders() {
        Map<String, NodeBuilder> b = new TreeMap<>();
        b.put("dense", (g, node, in) -> dense(g, node, in[0]));
        b.put("relu", (g, node, in) -> g.sd.nn().relu(in[0], 0));
        b.put("tanh", (g, node, in) -> g.sd.math().tanh(in[0]));
        b.put("softplus", (g, node, in) -> g.sd.nn().softplus(in[0]));
        b.put("sigmoid", (g, node, in) -> g.sd.nn().sigmoid(in[0]));
        b.put("silu", (g, node, in) -> g.sd.nn().swish(in[0]));
        b.put("gelu_tanh", (g, node, in) -> geluTanh(g, in[0]));
        // ND4J's gelu holds 1.702 in float32, which is 1e-8 off.
        b.put("gelu_sigmoid", (g, node, in) -> in[0].mul(g.sd.nn().sigmoid(in[0].mul(1.702))));
        b.put("elu", (g, node, in) -> g.sd.nn().elu(in[0]));
        b.put("leakyrelu", (g, node, in) -> g.sd.nn().leakyRelu(in[0], 0.01));
        b.put("softmax", (g, node, in) -> g.sd.nn().softmax(in[0], 1));
        b.put("add", (g, node, in) -> in[0].add(in[1]));
        b.put("mul", (g, node, in) -> in[0].mul(in[1]));
        b.put("conv2d", (g, node, in) -> conv2d(g, node, in[0]));
        b.put("maxpool2d", (g, node, in) -> g.sd.cnn().maxPooling2d(in[0], pooling(node)));
        b.put("avgpool2d", (g, node, in) -> g.sd.cnn().avgPooling2d(in[0], pooling(node)));
        b.put("reshape", (g, node, in) -> reshape(g, node, in[0]));
        b.put("gelu_erf", (g, node, in) -> g.layers().geluErf(in[0]));
        b.put(
                "concat",
                (g, node, in) -> g.sd.concat(node.get("attr").get("axis").asInt(), in));
        b.put(
                "transpose",
                (g, node, in) -> g.sd.permute(in[0], ints(node.get("attr").get("perm"))));
        b.put("batchnorm", GoldenGraph::batchNorm);
        b.put(
                "layernorm",
                (g, node, in) -> g.layers()
                        .layerNorm(in[0], g.parameter(node, 0), g.parameter(node, 1), eps(node), g.rank(node)));
        b.put("conv1d", GoldenGraph::conv1d);
        b.put("maxpool1d", GoldenGraph::maxPool1d);
        b.put(
                "lstm",
                (g, node, in) -> g.layers()
                        .lstm(
                                in[0],
                                g.parameter(node, 0),
                                g.parameter(node, 1),
                                g.parameter(node, 2),
                                g.size(node, 1)));
        b.put("mha", GoldenGraph::attention);
        b.put("mean", (g, node, in) -> in[0].mean(ints(node.get("attr").get("axis"))));
        return b;
    }
}
