package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.VjpRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Projections that a graph emits, in one block where cotangents can be stacked, and in several where the batch is fixed. */
class ProjectedRowsTest {

    private static final int N = 4;

    private static SameDiff net(boolean fixedBatch) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, fixedBatch ? N : -1, 5);
        SDVariable hidden = sd.math().tanh(x.mmul(sd.var("W1", SmallNets.inputs(DataType.DOUBLE, 1, 5, 6))));
        hidden.mmul("logits", sd.var("W2", SmallNets.inputs(DataType.DOUBLE, 2, 6, 3)));
        return sd;
    }

    private static List<JacobianRows> projections(SameDiff sd, int count, Directions directions) {
        JacobianGraph graph = JacobianGraph.of(GraphModel.of(sd), VjpRules.standard(), null);
        return GraphDecoration.add(sd, () -> graph.projections(count, directions));
    }

    /** Three orthogonal directions of three outputs give the norm exactly; so they are orthogonal across blocks too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allOrthogonalProjectionsTogetherGiveTheNorm(boolean fixedBatch) {
        SameDiff sd = net(fixedBatch);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, N, 5);
        double exact = Jacobian.of(sd).norms(x).meanFrobeniusSquared();
        List<JacobianRows> blocks = projections(sd, 3, Directions.ORTHOGONAL);
        assertThat(blocks).hasSize(fixedBatch ? 3 : 1);
        // At once: one by one, the blocks would have frames of their own.
        String[] names = blocks.stream().map(b -> b.values().name()).toArray(String[]::new);
        Map<String, INDArray> values = sd.output(Map.of("x", x), names);
        double sum = 0;
        for (JacobianRows block : blocks) {
            INDArray rows = values.get(block.values().name());
            assertThat(rows.shape()).containsExactly((long) block.count() * N, 5);
            sum += rows.mul(rows).sumNumber().doubleValue();
        }
        // Rounding of float64.
        assertThat(sum / 3 / N).isCloseTo(exact, within(1e-12 * exact));
    }

    /** {@code sqrt(pi/2) ||J^T v||_1} estimates the sum of the column norms, within four of its standard errors. */
    @Test
    void gaussianProjectionsEstimateTheColumnNorms() {
        SameDiff sd = net(false);
        INDArray one = SmallNets.inputs(DataType.DOUBLE, 3, 1, 5);
        INDArray j = Jacobian.of(sd).compute(one).reshape(3, 5);
        double exact = j.norm2(0).sumNumber().doubleValue();
        SDVariable rows = projections(sd, 2, Directions.GAUSSIAN).get(0).values();
        Nd4j.getRandom().setSeed(6);
        INDArray values =
                sd.output(Map.of("x", Nd4j.tile(one, 1000, 1)), rows.name()).get(rows.name());
        INDArray estimates =
                org.nd4j.linalg.ops.transforms.Transforms.abs(values).sum(1).mul(Math.sqrt(Math.PI / 2));
        double bar = estimates.stdNumber().doubleValue() / Math.sqrt(estimates.length());
        assertThat(estimates.length()).isEqualTo(2000);
        assertThat(estimates.meanNumber().doubleValue()).isCloseTo(exact, within(4 * bar));
        assertThat(bar).isLessThan(0.02 * exact);
    }
}
