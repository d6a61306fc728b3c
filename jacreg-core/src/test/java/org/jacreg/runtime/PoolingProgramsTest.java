package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.kernel.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Small convolutional networks with a Frobenius penalty: which ops are left, and numbers against SameDiff's session, at ties too. */
class PoolingProgramsTest {

    /** Sums of some hundred terms in other orders in float32, squared and summed again. */
    private static final double TOLERANCE = 5e-5;

    private static final List<String> WEIGHTS = List.of("k1", "b1", "k2", "b2", "w", "b");

    private static SameDiff network(String variation) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(6);
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 1, 14, 14);
        SDVariable first = block(sd, x, "1", variation, SmallNets.normal(DataType.FLOAT, random, 0.5, 3, 3, 1, 2));
        SDVariable second = block(sd, first, "2", variation, SmallNets.normal(DataType.FLOAT, random, 0.4, 3, 3, 2, 3));
        int units = variation.equals("padding") ? 27 : 12;
        SDVariable flat = sd.reshape(second, -1, units);
        SDVariable w = sd.var("w", SmallNets.normal(DataType.FLOAT, random, 0.4, units, 4));
        SDVariable logits = flat.mmul(w).add("logits", sd.var("b", SmallNets.normal(DataType.FLOAT, random, 0.2, 4)));
        if (variation.equals("read twice")) {
            logits = logits.add("logits2", sd.math().tanh(flat).sum(true, 1));
        }
        SDVariable label = sd.placeHolder("label", DataType.FLOAT, -1, 4);
        sd.loss().softmaxCrossEntropy("loss", label, logits, null);
        sd.setLossVariables("loss");
        JacobianRegularizer.frobenius(sd).logits(logits.name()).lambda(0.1).attach();
        return sd;
    }

    private static SDVariable block(SameDiff sd, SDVariable x, String name, String variation, INDArray kernel) {
        INDArray bias = SmallNets.normal(DataType.FLOAT, new Random(9), 0.2, kernel.size(3));
        SDVariable h = sd.cnn()
                .conv2d(
                        x,
                        sd.var("k" + name, kernel),
                        sd.var("b" + name, bias),
                        Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build());
        SDVariable active =
                variation.equals("tanh") ? sd.math().tanh(h) : sd.nn().relu(h, 0);
        Pooling2DConfig window = switch (variation) {
            case "overlapping" ->
                Pooling2DConfig.builder().kH(3).kW(3).sH(2).sW(2).pH(1).pW(1).build();
            case "padding" ->
                Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).pH(1).pW(1).build();
            default -> Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
        };
        return variation.equals("average")
                ? sd.cnn().avgPooling2d(active, window)
                : sd.cnn().maxPooling2d(active, window);
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "tanh", "average", "read twice", "overlapping", "padding"})
    void numbers(String variation) {
        SameDiff sd = network(variation);
        List<String> outputs = List.of("logits", sd.getLossVariables().get(0));
        INDArray ties = SmallNets.inputs(DataType.FLOAT, 8, 3, 1, 14, 14);
        ties.tensorAlongDimension(1, 1, 2, 3).assign(0);
        // a power of two: products are exact, so that windows that tie do so however a product is added to a sum
        ties.tensorAlongDimension(2, 1, 2, 3).assign(0.5);
        try (CompiledGraph graph = CompiledGraph.of(sd)
                .outputs(outputs.toArray(String[]::new))
                .gradients(WEIGHTS.toArray(String[]::new))
                .build()) {
            for (INDArray x : List.of(SmallNets.inputs(DataType.FLOAT, 7, 3, 1, 14, 14), ties)) {
                Map<String, INDArray> given = Map.of("x", x, "label", SmallNets.labels(DataType.FLOAT, 1, 3, 4));
                assertThat(Agreement.differences(
                                Agreement.compiled(graph, given, outputs, WEIGHTS),
                                Agreement.session(sd, given, outputs, WEIGHTS),
                                TOLERANCE))
                        .as(variation)
                        .isEmpty();
            }
        }
    }

    @Test
    void noOpOfNd4jIsLeft() {
        // Kernels are the CPU backend's; there they must be found.
        assumeTrue(Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU);
        assertThat(CpuBackend.find()).isPresent();
        SameDiff sd = network("relu");
        Map<String, INDArray> given = Map.of(
                "x", Nd4j.ones(DataType.FLOAT, 3, 1, 14, 14), "label", SmallNets.labels(DataType.FLOAT, 1, 3, 4));
        try (CompiledGraph graph = CompiledGraph.of(sd)
                .outputs(sd.getLossVariables().get(0))
                .gradients(WEIGHTS.toArray(String[]::new))
                .build()) {
            Program program = graph.plan(given).program();
            assertThat(program.instructions()).noneMatch(ForeignOp.class::isInstance);
            assertThat(program.census()).doesNotContainKey("Unpool").containsKey("MaxPool");
        }
    }
}
