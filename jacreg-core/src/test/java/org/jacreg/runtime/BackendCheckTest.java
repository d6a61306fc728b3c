package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.BackendReport.Row;
import org.jacreg.runtime.reference.Reference;
import org.jacreg.runtime.reference.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** The plain backend passes on every standard graph; planted faults, in backend and references, do not. */
class BackendCheckTest {

    static Stream<Arguments> goldenGraphs() {
        return Golden.all().stream()
                .flatMap(golden -> Stream.of(
                        Arguments.of(golden, DataType.FLOAT, false),
                        Arguments.of(golden, DataType.FLOAT, true),
                        Arguments.of(golden, DataType.DOUBLE, true)));
    }

    @ParameterizedTest
    @MethodSource("goldenGraphs")
    void standardGraphsPass(GoldenCase golden, DataType type, boolean decorated) {
        SameDiff sd = GoldenGraph.build(golden, type);
        if (decorated) {
            JacobianRegularizer.frobenius(sd)
                    .logits(GoldenGraph.output(golden))
                    .lambda(0.1)
                    .attach();
        }
        BackendReport report = BackendCheck.of(sd)
                .withGradients()
                .feed("x", golden.array("x"))
                .feed("label", golden.oneHot())
                .run();
        assertThat(report.failing()).isEmpty();
        assertThat(report.unchecked()).extracting(Row::op).isSubsetOf("identity", "strided_slice", "strided_slice_bp");
        // A comparison that compares nothing would find no difference at all.
        assertThat(report.agreeing()).anySatisfy(row -> assertThat(row.error()).isGreaterThan(0));
        assertThat(report.require()).isSameAs(report);
    }

    /** What ND4J 1.0.0-M2.1's -onednn builds do to a layer: they add to what the output's memory held. */
    private static OpRunner readingItsOutput(String opName) {
        OpRunner plain = OpRunner.ofBackend();
        return (use, inputs, outputs) -> {
            List<INDArray> before = outputs.stream().map(INDArray::dup).toList();
            plain.run(use, inputs, outputs);
            if (use.opName().equals(opName)) {
                outputs.get(0).addi(before.get(0).muli(0.01));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"matmul", "tanh", "matmul_bp", "softmax_cross_entropy_loss"})
    void anOpThatReadsItsOutputIsCaught(String opName) {
        BackendReport report = BackendCheck.of(SmallNets.mlp(DataType.FLOAT))
                .withGradients()
                .runner(readingItsOutput(opName))
                .run();
        assertThat(report.failing()).isNotEmpty().allMatch(row -> row.op().equals(opName));
        assertThat(report.failing().get(0).detail()).contains("on an output that held NaN");
        assertThatThrownBy(report::require)
                .isInstanceOf(FaultyBackendException.class)
                .hasMessageContaining("[" + opName + "]")
                .hasMessageContaining("computing '")
                .hasMessageContaining("classifier")
                .extracting(e -> ((FaultyBackendException) e).ops())
                .isEqualTo(List.of(opName));
    }

    /** NaN would hide in a comparison that asks whether the difference is too large. */
    @Test
    void anOpThatWritesNothingIsCaught() {
        BackendReport report = BackendCheck.of(SmallNets.mlp(DataType.DOUBLE))
                .runner((use, inputs, outputs) -> {})
                .run();
        assertThat(report.agreeing()).isEmpty();
        assertThat(report.failing()).isNotEmpty();
    }

    @Test
    void anOpThatIsWrongOnlyTheSecondTimeIsCaught() {
        OpRunner plain = OpRunner.ofBackend();
        int[] runs = {0};
        BackendReport report = BackendCheck.of(SmallNets.mlp(DataType.DOUBLE))
                .runner((use, inputs, outputs) -> {
                    plain.run(use, inputs, outputs);
                    if (use.opName().equals("tanh") && ++runs[0] == 3) {
                        outputs.get(0).putScalar(0, 0.5);
                    }
                })
                .run();
        assertThat(report.failing()).singleElement().satisfies(row -> {
            assertThat(row.op()).isEqualTo("tanh");
            assertThat(row.detail()).contains("on its own last result");
        });
    }

    @Test
    void anOpThatChangesItsOperandIsCaught() {
        OpRunner plain = OpRunner.ofBackend();
        BackendReport report = BackendCheck.of(SmallNets.mlp(DataType.FLOAT))
                .runner((use, inputs, outputs) -> {
                    plain.run(use, inputs, outputs);
                    if (use.opName().equals("tanh")) {
                        inputs.get(0).putScalar(0, 0.5);
                    }
                })
                .run();
        assertThat(report.failing())
                .singleElement()
                .satisfies(row -> assertThat(row.detail()).contains("operand 0 has changed"));
    }

    /** 1e-5 in float32 is 80 units in the last place of 1. */
    @Test
    void aSmallDifferenceIsCaught() {
        Reference wrong = new Reference(
                (call, output, index) -> Math.tanh(call.in(0).values()[index[0] * 5 + index[1]]) + 1e-5,
                (call, output) -> 1,
                Reference.Domain.SIGNED,
                1);
        BackendReport report = BackendCheck.of(SmallNets.mlp(DataType.FLOAT))
                .references(References.standard().with("tanh", wrong))
                .run();
        assertThat(report.failing()).extracting(Row::op).containsExactly("tanh");
    }

    @Test
    void whatHasNoReferenceIsSaid() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        sd.math().atan2(x.add(2), x);
        sd.identity(x.mul("y", 2.0));
        BackendReport report = BackendCheck.of(sd).run();
        assertThat(report.unchecked()).extracting(Row::op).contains("tf_atan2", "identity");
        assertThat(report.unchecked())
                .allMatch(row -> Double.isNaN(row.error()) && !row.detail().isEmpty());
        assertThat(report.agreeing()).extracting(Row::op).contains("mul_scalar", "add_scalar");
    }

    /** The fault of ND4J's -onednn builds: an op that goes by an array's strides where the next one goes by its order. */
    @Test
    void aSessionThatGivesOtherResultsThanItsOpsIsCaught() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT);
        OpRunner plain = OpRunner.ofBackend();
        int[] runs = {0};
        BackendReport report = BackendCheck.of(sd)
                .runner((use, inputs, outputs) -> {
                    plain.run(use, inputs, outputs);
                    // After three runs by itself comes the one in the graph.
                    if (use.opName().equals("tanh") && ++runs[0] > 3) {
                        outputs.get(0).muli(1.01);
                    }
                })
                .run();
        assertThat(report.failing()).singleElement().satisfies(row -> {
            assertThat(row.op()).isEqualTo("tanh");
            assertThat(row.detail()).contains("session").contains("setEnableCache(false)");
        });
    }

    /** Every format of images and weights, stride, dilation and padding mode that the references read. */
    @ParameterizedTest
    @EnumSource(
            value = PaddingMode.class,
            names = {"VALID", "SAME"})
    void convolutionsAndPoolings(PaddingMode mode) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3, 9, 8);
        SDVariable w = sd.var("w", Nd4j.rand(DataType.FLOAT, 3, 2, 3, 4));
        SDVariable b = sd.var("b", Nd4j.rand(DataType.FLOAT, 4));
        boolean same = mode == PaddingMode.SAME;
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(2)
                .sW(1)
                .dH(1)
                .dW(2)
                .pH(same ? 0 : 1)
                .pW(0)
                .paddingMode(mode)
                .build();
        SDVariable h = sd.cnn().conv2d(x, w, b, config);
        Pooling2DConfig pool = Pooling2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(2)
                .sW(2)
                .pH(same ? 0 : 1)
                .pW(0)
                .paddingMode(mode)
                .build();
        SDVariable v = sd.var("v", Nd4j.rand(DataType.FLOAT, 2, 3, 5, 4));
        DeConv2DConfig up = DeConv2DConfig.builder()
                .kH(2)
                .kW(3)
                .sH(2)
                .sW(2)
                .pH(0)
                .pW(same ? 0 : 1)
                .isSameMode(same)
                .build();
        SDVariable a = sd.cnn().maxPooling2d(h, pool).sum();
        SDVariable c = sd.math().square(sd.cnn().avgPooling2d(h, pool)).add(a).sum();
        SDVariable d = sd.cnn().deconv2d(h, v, up).sum();
        sd.setLossVariables(c.add("loss", d).name());
        BackendReport report = BackendCheck.of(sd).withGradients().run();
        assertThat(report.failing()).isEmpty();
        assertThat(report.agreeing())
                .extracting(Row::op)
                .contains(
                        "conv2d",
                        "conv2d_bp",
                        "deconv2d",
                        "deconv2d_bp",
                        "maxpool2d",
                        "maxpool2d_bp",
                        "avgpool2d",
                        "avgpool2d_bp");
    }

    @Test
    void theGradientIsCheckedToo() {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        assertThat(BackendCheck.of(sd).run().agreeing()).extracting(Row::op).doesNotContain("conv2d_bp");
        assertThat(BackendCheck.of(sd).withGradients().run().agreeing())
                .extracting(Row::op)
                .contains("conv2d_bp");
    }

    @Test
    void theGraphComputesWhatItDidBefore() {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, 2, 1, 6, 6);
        INDArray before = sd.outputSingle(Map.of("x", x), SmallNets.LOGITS).dup();
        BackendCheck.of(sd).withGradients().run();
        assertThat(sd.outputSingle(Map.of("x", x), SmallNets.LOGITS)).isEqualTo(before);
    }

    @Test
    void wrongArgumentsAreNamed() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT);
        assertThatThrownBy(() -> BackendCheck.of(sd).feed("z", Nd4j.ones(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'z'");
        SameDiff open = SameDiff.create();
        open.placeHolder("x", DataType.FLOAT, -1, -1).mul(2);
        assertThatThrownBy(() -> BackendCheck.of(open).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("feed(\"x\"");
        assertThatThrownBy(() -> BackendCheck.of(open).withGradients())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setLossVariables");
    }
}
