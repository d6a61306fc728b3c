package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import java.util.Map;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GraphRunnerTest {

    @Test
    void outputsComeBeforeGradientsInTheirOrder() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        Map<String, INDArray> fed = Map.of(
                "x", SmallNets.inputs(DataType.DOUBLE, 1, 4, 4), "label", SmallNets.labels(DataType.DOUBLE, 2, 4, 3));
        GraphRunner runner = GraphRunner.of(sd, List.of("logits", "loss"), List.of("W2", "x"));
        List<INDArray> compiled = runner.run(fed).stream().map(INDArray::dup).toList();
        assertThat(runner.isCompiled()).isTrue();
        runner.close();
        assertThat(runner.isCompiled()).isFalse();
        List<INDArray> session = runner.run(fed);
        assertThat(compiled.get(0).shape()).containsExactly(4, 3);
        assertThat(compiled.get(2).shape()).containsExactly(5, 3);
        assertThat(compiled.get(3).shape()).containsExactly(4, 4);
        for (int k = 0; k < 4; k++) {
            // Other orders of summation, in float64.
            assertThat(compiled.get(k).sub(session.get(k)).amaxNumber().doubleValue())
                    .isLessThan(1e-12);
        }
    }

    @Test
    void aGraphThatCannotBeCompiledRunsInASession() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        sd.ifCond("y", "branch", s -> s.sum(x).gt(0), s -> x.mul(2), s -> x.mul(-1));
        GraphRunner runner = GraphRunner.of(sd, List.of("y"), List.of());
        assertThat(runner.run(Map.of("x", Nd4j.ones(DataType.DOUBLE, 2, 3))).get(0))
                .isEqualTo(Nd4j.valueArrayOf(new long[] {2, 3}, 2.0, DataType.DOUBLE));
        assertThat(runner.isCompiled()).isFalse();
    }

    /** The loss is the sum of v times logits, v the late placeholder: its gradient by the input needs the answer. */
    @Test
    void aLatePlaceholderIsAskedForInViewOfTheFirstOutput() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable v = sd.placeHolder("v", DataType.DOUBLE, -1, 3);
        sd.setLossVariables(sd.getVariable("logits").mul(v).sum("weighted").name());
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 4, 4);
        Map<String, INDArray> fed = Map.of("x", x, "v", Nd4j.zeros(DataType.DOUBLE, 4, 3));
        GraphRunner runner = GraphRunner.late(sd, List.of("logits", "weighted"), List.of("x"), "v");
        List<INDArray> compiled =
                runner.run(fed, z -> z.mul(2)).stream().map(INDArray::dup).toList();
        assertThat(runner.isCompiled()).isTrue();
        runner.close();
        List<INDArray> session = runner.run(fed, z -> z.mul(2));
        INDArray z = session.get(0);
        assertThat(session.get(1).getDouble(0)).isCloseTo(z.mul(z).sumNumber().doubleValue() * 2, offset(1e-12));
        for (int k = 0; k < 3; k++) {
            // Other orders of summation, in float64.
            assertThat(compiled.get(k).sub(session.get(k)).amaxNumber().doubleValue())
                    .isLessThan(1e-12);
        }
        assertThat(compiled.get(2).amaxNumber().doubleValue()).isGreaterThan(1e-3);
    }

    @Test
    void lateValuesOfAnotherShapeAndUnknownNamesAreRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable v = sd.placeHolder("v", DataType.DOUBLE, -1, 3);
        sd.setLossVariables(sd.getVariable("logits").mul(v).sum("weighted").name());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CompiledGraph.of(sd).outputs("logits").late("w").build())
                .withMessageContaining("no placeholder 'w'");
        Map<String, INDArray> fed =
                Map.of("x", SmallNets.inputs(DataType.DOUBLE, 1, 4, 4), "v", Nd4j.zeros(DataType.DOUBLE, 4, 3));
        try (CompiledGraph graph =
                CompiledGraph.of(sd).outputs("weighted").late("v").build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> graph.run(fed, values -> Nd4j.zeros(DataType.DOUBLE, 3, 3)))
                    .withMessageContaining("'v' got a late value of shape [3, 3]");
        }
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("logits").build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> graph.run(fed, values -> Nd4j.zeros(DataType.DOUBLE, 4, 3)))
                    .withMessageContaining("no placeholder is late");
        }
    }
}
