package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.GraphModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks read from the golden graphs compute what SameDiff computes; graphs that are no sequence of layers are refused. */
class GoldenNetworksTest {

    /** Logits of order one, a few hundred operations in float64 in another order. */
    private static final double ROUNDING = 1e-12;

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
                "conv1d"
            })
    void computesWhatTheGraphComputes(String name) {
        GoldenCase golden = Golden.named(name);
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        String output = GoldenGraph.output(golden);
        INDArray x = golden.array("x");
        INDArray expected = sd.output(Map.of("x", x), output).get(output);
        INDArray before = expected.dup();

        LayeredNetwork network =
                LayeredNetwork.of(GraphModel.builder(sd).logits(output).build());
        INDArray actual = network.logits(x);

        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(ROUNDING);
        assertThat(network.classes()).isEqualTo(golden.classes());
        assertThat(sd.output(Map.of("x", x), output).get(output)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "residual_add, joins",
        "concat, joins",
        "gated_mul, joins",
        "layernorm, reduce",
        "lstm_unrolled, joins",
        "mha_block, joins",
        "softmax_output, softmax",
        "mlp_gelu_erf, multiply",
        "reshape_transpose_flatten, permute"
    })
    void refusesWhatIsNoSequenceOfLayers(String name, String reason) {
        GoldenCase golden = Golden.named(name);
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        GraphModel model =
                GraphModel.builder(sd).logits(GoldenGraph.output(golden)).build();
        assertThatThrownBy(() -> LayeredNetwork.of(model))
                .isInstanceOf(UnlayeredGraphException.class)
                .hasMessageContaining("no sequence of layers")
                .hasMessageContaining(reason);
    }

    @Test
    void listsEveryObstacle() {
        GoldenCase golden = Golden.named("mha_block");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        GraphModel model =
                GraphModel.builder(sd).logits(GoldenGraph.output(golden)).build();
        assertThatThrownBy(() -> LayeredNetwork.of(model))
                .isInstanceOfSatisfying(
                        UnlayeredGraphException.class,
                        e -> assertThat(e.obstacles())
                                .hasSizeGreaterThan(5)
                                .anyMatch(line -> line.contains("softmax"))
                                .anyMatch(line -> line.contains("read by several ops")));
    }

    @Test
    void copiesTheWeights() {
        GoldenCase golden = Golden.named("mlp_tanh");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        LayeredNetwork network = LayeredNetwork.of(sd);
        INDArray before = network.logits(golden.array("x"));
        golden.parameters().forEach(name -> sd.getVariable(name).getArr().muli(2));
        assertThat(network.logits(golden.array("x"))).isEqualTo(before);
    }

    @Test
    void foldsBatchNormalisationAndBias() {
        GoldenCase golden = Golden.named("batchnorm_eval_conv");
        LayeredNetwork network = LayeredNetwork.of(GoldenGraph.build(golden, DataType.DOUBLE));
        assertThat(network.layers()).hasSize(3);
        assertThat(network.layers().get(0)).isInstanceOf(Convolution.class);
        assertThat(network.layers().get(1)).isInstanceOf(Activation.class);
        assertThat(network.layers().get(2)).isInstanceOf(Affine.class);
    }

    /** The weights of a float32 graph are taken as they are, the arithmetic is float64: logits agree to float32's precision. */
    @Test
    void readsFloat32() {
        GoldenCase golden = Golden.named("conv_conv_pool_relu");
        SameDiff sd = GoldenGraph.build(golden, DataType.FLOAT);
        String output = GoldenGraph.output(golden);
        INDArray x = golden.array("x").castTo(DataType.FLOAT);
        INDArray expected = sd.output(Map.of("x", x), output).get(output).castTo(DataType.DOUBLE);
        INDArray actual = LayeredNetwork.of(sd).logits(x);
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isCloseTo(0, within(1e-5));
    }
}
