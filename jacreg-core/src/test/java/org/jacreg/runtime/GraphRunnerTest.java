package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

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
}
