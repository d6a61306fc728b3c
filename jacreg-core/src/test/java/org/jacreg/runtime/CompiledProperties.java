package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Random graphs through the compiled runtime, against SameDiff's session: values and gradients, by weights and by the input; with every
 * rewriting, with kernels but no rewriting, and with ND4J's ops alone.
 */
class CompiledProperties {

    /** Some thirty ops over sums of at most some dozen terms in other orders, 6e-8 each, and gradients that grow as numbers do. */
    private static final double FLOAT_TOLERANCE = 1e-4;

    /** As above with 1.1e-16 each. */
    private static final double DOUBLE_TOLERANCE = 1e-12;

    @Property(tries = 150, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void float32(@ForAll @IntRange(max = 1_000_000) int seed) {
        check(DataType.FLOAT, seed, Machine.standard(), FLOAT_TOLERANCE);
    }

    @Property(tries = 80, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void float64(@ForAll @IntRange(max = 1_000_000) int seed) {
        check(DataType.DOUBLE, seed, Machine.standard(), DOUBLE_TOLERANCE);
    }

    @Property(tries = 60, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void withoutRewriting(@ForAll @IntRange(max = 1_000_000) int seed) {
        check(DataType.FLOAT, seed, Machine.standard().with(Optimizer.none()), FLOAT_TOLERANCE);
    }

    /** The session's own ops in another order: the same bits. */
    @Property(tries = 60, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void withoutKernels(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll boolean wide) {
        check(wide ? DataType.DOUBLE : DataType.FLOAT, seed, Machine.withoutKernels(), 0);
    }

    /** Two runs with other numbers, another batch size in between, then the first again. */
    private static void check(DataType type, int seed, Machine machine, double tolerance) {
        RandomGraph random = new RandomGraph(type, seed);
        List<String> outputs = random.outputs();
        List<String> gradients = random.gradients();
        try (CompiledGraph graph = CompiledGraph.of(random.graph())
                .outputs(outputs.toArray(String[]::new))
                .gradients(gradients.toArray(String[]::new))
                .build(machine)) {
            int[][] runs = {{3, 1}, {3, 2}, {2, 3}, {3, 1}};
            for (int[] run : runs) {
                Map<String, INDArray> x = random.input(run[0], run[1]);
                Map<String, INDArray> before = Map.of("x", x.get("x").dup());
                Map<String, INDArray> expected = Agreement.session(random.graph(), x, outputs, gradients);
                Map<String, INDArray> actual = Agreement.compiled(graph, x, outputs, gradients);
                assertThat(Agreement.differences(actual, expected, tolerance))
                        .as("graph " + seed + ", samples " + run[0])
                        .isEmpty();
                assertThat(x).isEqualTo(before);
            }
        }
    }
}
