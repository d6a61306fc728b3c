package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What runs after the first one cost, and what they notice. */
class RepeatedRunsTest {

    private static final int RUNS = 50;

    @Test
    void aTrainingStepWithTheExactFrobeniusPenaltyAllocatesNextToNothing() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT, 7, 30, 20, 20, 10);
        sd.setLossVariables(SmallNets.LOSS);
        JacobianRegularizer.frobenius(sd).lambda(0.01).attach();
        Map<String, INDArray> fed = Map.of(
                "x", SmallNets.inputs(DataType.FLOAT, 1, 64, 30), "label", SmallNets.labels(DataType.FLOAT, 2, 64, 10));
        try (CompiledGraph step = CompiledGraph.of(sd)
                .gradients("W1", "W2", "W3", "b1", "b2", "b3")
                .build()) {
            for (int k = 0; k < RUNS; k++) {
                step.run(fed);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().getId();
            long nativeBytes = Pointer.totalBytes();
            long before = threads.getThreadAllocatedBytes(thread);
            for (int k = 0; k < RUNS; k++) {
                step.run(fed);
            }
            assertThat((threads.getThreadAllocatedBytes(thread) - before) / RUNS)
                    .isLessThan(100_000);
            // Less where the collector has found something of earlier tests meanwhile.
            assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(nativeBytes);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void everyFormOfAPlaceholderIsRead(DataType type) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", type, -1, 3);
        x.mul("y", 2);
        INDArray wide = Nd4j.arange(40).castTo(type).reshape('c', 4, 10);
        INDArray[] forms = {
            Nd4j.arange(12).castTo(type).reshape('c', 4, 3),
            Nd4j.arange(12).castTo(type).reshape('c', 4, 3).dup('f'),
            wide.get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(2, 5)),
            Nd4j.arange(30).castTo(type).reshape('c', 10, 3).get(org.nd4j.linalg.indexing.NDArrayIndex.interval(3, 7)),
            Nd4j.arange(12).castTo(DataType.INT32).reshape('c', 4, 3),
            Nd4j.arange(6).castTo(type).reshape('c', 2, 3),
            Nd4j.arange(12).castTo(type).reshape('c', 4, 3)
        };
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            for (INDArray form : forms) {
                double[][] expected = form.castTo(DataType.DOUBLE).dup('c').toDoubleMatrix();
                INDArray found = graph.run(Map.of("x", form)).output("y").castTo(DataType.DOUBLE);
                for (int n = 0; n < expected.length; n++) {
                    for (int d = 0; d < 3; d++) {
                        assertThat(found.getDouble(n, d)).isEqualTo(2 * expected[n][d]);
                    }
                }
            }
        }
    }

    @Test
    void aFoldedConstantThatChangesIsSeen() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 2);
        INDArray factor = Nd4j.createFromArray(3f, 5f);
        SDVariable c = sd.constant("c", factor);
        x.mul("y", c.mul(10));
        Map<String, INDArray> fed = Map.of("x", Nd4j.ones(DataType.FLOAT, 1, 2));
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            for (int k = 0; k < 3; k++) {
                assertThat(graph.run(fed).output("y").toFloatVector()).containsExactly(30f, 50f);
            }
            sd.getArrForVarName("c").putScalar(1, 7f);
            assertThat(graph.run(fed).output("y").toFloatVector()).containsExactly(30f, 70f);
            sd.getConstantArrays().setArray("c", Nd4j.createFromArray(1f, 2f));
            assertThat(graph.run(fed).output("y").toFloatVector()).containsExactly(10f, 20f);
        }
    }
}
