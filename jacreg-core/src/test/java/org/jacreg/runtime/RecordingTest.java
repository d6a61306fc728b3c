package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What a compiled graph sees of changes in its graph, what it refuses, and how it behaves when it is used wrongly. */
class RecordingTest {

    private static final double TOLERANCE = 1e-6;

    private static INDArray input(int n) {
        return SmallNets.inputs(DataType.FLOAT, n, n, 3);
    }

    private static void assertAgrees(SameDiff sd, CompiledGraph graph, INDArray x, String output) {
        assertAgrees(sd, graph, x, output, TOLERANCE);
    }

    private static void assertAgrees(SameDiff sd, CompiledGraph graph, INDArray x, String output, double tolerance) {
        Map<String, INDArray> given = Map.of("x", x);
        List<String> names = List.of(output);
        assertThat(Agreement.differences(
                        Agreement.compiled(graph, given, names, List.of()),
                        Agreement.session(sd, given, names, List.of()),
                        tolerance))
                .isEmpty();
    }

    private static SDVariable x(SameDiff sd) {
        return sd.placeHolder("x", DataType.FLOAT, -1, 3);
    }

    /** A small constant is folded, a large one read; both may be computed with before they meet the input, or passed on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5000})
    void constantsThatAreAssignedTo(int length) {
        for (int use = 0; use < 4; use++) {
            SameDiff sd = SameDiff.create();
            SDVariable c = sd.constant("c", Nd4j.ones(DataType.FLOAT, length).muli(1e-7));
            SDVariable through = switch (use) {
                case 0 -> c;
                case 1 -> sd.math().exp(c).sub(1.0);
                case 2 -> sd.identity(c);
                default -> sd.math().square(sd.identity(sd.identity(c)));
            };
            x(sd).sum().mul(through).sum().mul("y", 1e7);
            try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
                for (double value : new double[] {1e-7, 3e-7, 0.5, 0.500001, -2, Double.NaN, 1}) {
                    sd.getVariable("c").getArr().assign(value);
                    // ND4J adds up thousands of numbers in float32.
                    assertAgrees(sd, graph, input(2), "y", length == 1 ? TOLERANCE : 2e-4);
                }
            }
        }
    }

    @Test
    void weightsThatAreReplaced() {
        SameDiff sd = SameDiff.create();
        x(sd).mmul(sd.var("w", input(3))).rename("y");
        INDArray both = SmallNets.inputs(DataType.FLOAT, 3, 2, 3, 3);
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            assertAgrees(sd, graph, input(2), "y");
            sd.getVariable("w").getArr().muli(2);
            assertAgrees(sd, graph, input(2), "y");
            List<INDArray> others = List.of(
                    SmallNets.inputs(DataType.FLOAT, 9, 3, 3),
                    SmallNets.inputs(DataType.FLOAT, 9, 3, 3).dup('f'),
                    both.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.all()),
                    both.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.all()),
                    SmallNets.inputs(DataType.FLOAT, 4, 3, 3).transpose(),
                    SmallNets.inputs(DataType.FLOAT, 4, 3, 6).get(NDArrayIndex.all(), NDArrayIndex.interval(1, 4)));
            for (INDArray other : others) {
                sd.getVariable("w").setArray(other);
                assertAgrees(sd, graph, input(2), "y");
                sd.getVariable("w").getArr().addi(1);
                assertAgrees(sd, graph, input(2), "y");
            }
        }
    }

    /** The transpose of an array lies in the array's own memory. */
    @Test
    void weightsThatAreTransposed() {
        SameDiff sd = SameDiff.create();
        INDArray w = input(3);
        x(sd).mmul(sd.var("w", w)).rename("y");
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            assertAgrees(sd, graph, input(2), "y");
            sd.getVariable("w").setArray(sd.getVariable("w").getArr().transpose());
            assertAgrees(sd, graph, input(2), "y");
        }
    }

    @Test
    void randomNumbersAreTheSessions() {
        SameDiff sd = SameDiff.create();
        SDVariable noise = sd.random().normal("noise", 0, 1, DataType.FLOAT, 4, 3);
        x(sd).mul(noise).add("y", 1.0);
        INDArray x = input(4);
        Nd4j.getRandom().setSeed(123);
        INDArray expected = sd.outputSingle(Map.of("x", x), "y").dup();
        INDArray second = sd.outputSingle(Map.of("x", x), "y").dup();
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            Nd4j.getRandom().setSeed(123);
            assertThat(graph.run(Map.of("x", x)).output("y")).isEqualTo(expected);
            assertThat(graph.run(Map.of("x", x)).output("y")).isEqualTo(second);
        }
        assertThat(second).isNotEqualTo(expected);
    }

    @Test
    void opsOfDataDependentShapeAreRefused() {
        SameDiff sd = SameDiff.create();
        sd.where("places", x(sd).gt(0.0)).castTo(DataType.FLOAT).sum().add("y", 0.0);
        assertThatThrownBy(() -> CompiledGraph.of(sd).outputs("y").build())
                .isInstanceOf(UncompilableGraphException.class)
                .hasMessageContaining("(Where)")
                .hasMessageContaining("SameDiff's own session");
        SameDiff other = SameDiff.create();
        SDVariable flat = x(other).reshape(-1);
        SDVariable[] left = other.math().listDiff(flat, other.constant("taken", Nd4j.createFromArray(1f)));
        left[0].sum().add("y", 0.0);
        assertThatThrownBy(() -> CompiledGraph.of(other).outputs("y").build())
                .isInstanceOf(UncompilableGraphException.class)
                .hasMessageContaining("listdiff");
    }

    @Test
    void missingPlaceholdersAndOtherMistakes() {
        SameDiff sd = SameDiff.create();
        SDVariable y = x(sd).mmul(sd.var("w", input(3)));
        y.add("y", sd.placeHolder("shift", DataType.FLOAT, -1, 3));
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            assertThatThrownBy(() -> graph.run(Map.of("x", input(2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'shift'");
            Map<String, INDArray> given = Map.of("x", input(2), "shift", input(2).castTo(DataType.DOUBLE));
            assertThat(graph.run(given).output("y").shape()).containsExactly(2, 3);
            assertThatThrownBy(() -> graph.run(given).output("z"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'z'");
        }
        assertThatThrownBy(() -> CompiledGraph.of(sd).outputs("nothing").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'nothing'");
        assertThatThrownBy(() -> CompiledGraph.of(sd).build()).hasMessageContaining("outputs(...)");
    }

    @Test
    void moreShapesThanPlansAreKept() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.math().tanh(x(sd).mmul(sd.var("w", input(3))));
        h.sum(1).add("y", 1.0);
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build()) {
            for (int round = 0; round < 2; round++) {
                for (int n = 2; n < 14; n++) {
                    assertAgrees(sd, graph, input(n), "y");
                }
            }
            assertThat(graph.plan(Map.of("x", input(5)))).isSameAs(graph.plan(Map.of("x", input(5))));
        }
    }

    @Test
    void aClosedGraphPlansAnew() {
        SameDiff sd = SameDiff.create();
        x(sd).mmul(sd.var("w", input(3))).rename("y");
        CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build();
        graph.run(Map.of("x", input(2)));
        graph.close();
        assertAgrees(sd, graph, input(2), "y");
        graph.close();
        graph.close();
    }

    @Test
    void aSecondThreadIsRefused() throws Exception {
        SameDiff sd = SameDiff.create();
        x(sd).add("y", 1.0);
        CountDownLatch planning = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Machine slow = Machine.standard().with(program -> {
            planning.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Optimizer.none().apply(program);
        });
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (CompiledGraph graph = CompiledGraph.of(sd).outputs("y").build(slow)) {
            Future<?> first = thread.submit(() -> graph.run(Map.of("x", input(2))));
            planning.await();
            assertThatThrownBy(() -> graph.run(Map.of("x", input(2))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another thread");
            go.countDown();
            first.get();
            assertAgrees(sd, graph, input(2), "y");
        } finally {
            go.countDown();
            thread.shutdown();
        }
    }

    @Test
    void instancesOverOneGraphInTwoThreads() throws Exception {
        RandomGraph random = new RandomGraph(DataType.FLOAT, 77);
        List<String> outputs = random.outputs();
        List<String> gradients = random.gradients();
        Map<String, INDArray> expected = Agreement.session(random.graph(), random.input(3, 1), outputs, gradients);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<String>>> found = new java.util.ArrayList<>();
            for (int i = 0; i < 2; i++) {
                CompiledGraph graph = CompiledGraph.of(random.graph())
                        .outputs(outputs.toArray(String[]::new))
                        .gradients(gradients.toArray(String[]::new))
                        .build();
                found.add(threads.submit(() -> differences(graph, random, expected)));
            }
            for (Future<List<String>> differences : found) {
                assertThat(differences.get()).isEmpty();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static List<String> differences(CompiledGraph graph, RandomGraph random, Map<String, INDArray> expected) {
        try (graph) {
            for (int i = 0; i < 100; i++) {
                List<String> differences = Agreement.differences(
                        Agreement.compiled(graph, random.input(3, 1), random.outputs(), random.gradients()),
                        expected,
                        1e-4);
                if (!differences.isEmpty()) {
                    return differences;
                }
            }
        }
        return List.of();
    }

    /** A user works in what was handed out: nothing else changes, nor does the next run. */
    @Test
    void wantedArraysAreSeparate() {
        for (int seed = 0; seed < 15; seed++) {
            RandomGraph random = new RandomGraph(DataType.FLOAT, seed);
            Map<String, INDArray> x = random.input(3, seed);
            List<String> outputs = random.outputs();
            List<String> gradients = random.gradients();
            try (CompiledGraph graph = CompiledGraph.of(random.graph())
                    .outputs(outputs.toArray(String[]::new))
                    .gradients(gradients.toArray(String[]::new))
                    .build()) {
                Map<String, INDArray> first = Agreement.compiled(graph, x, outputs, gradients);
                CompiledValues values = graph.run(x);
                for (String spoiled : gradients) {
                    values.gradient(spoiled).assign(Double.NaN);
                    assertThat(x.get("x").isNaN().any()).isFalse();
                    for (String other : gradients.subList(gradients.indexOf(spoiled) + 1, gradients.size())) {
                        assertThat(values.gradient(other)).isEqualTo(first.get("d/d" + other));
                    }
                    outputs.forEach(name -> assertThat(values.output(name)).isEqualTo(first.get(name)));
                }
                outputs.forEach(name -> values.output(name).assign(Double.NaN));
                assertThat(Agreement.differences(Agreement.compiled(graph, x, outputs, gradients), first, 0))
                        .isEmpty();
            }
        }
    }

    /** An optimizer that loses an addend is seen by the comparison that the properties use. */
    @Test
    void aPlantedFaultIsFound() {
        List<Integer> missed = new java.util.ArrayList<>();
        int planted = 0;
        for (int seed = 0; seed < 40; seed++) {
            RandomGraph random = new RandomGraph(DataType.FLOAT, seed);
            int[] dropped = {0};
            Machine faulty = Machine.standard()
                    .with(program -> withoutAnAddend(Optimizer.standard().apply(program), dropped));
            Map<String, INDArray> x = random.input(3, 1);
            List<String> outputs = random.outputs();
            List<String> gradients = random.gradients();
            try (CompiledGraph graph = CompiledGraph.of(random.graph())
                    .outputs(outputs.toArray(String[]::new))
                    .gradients(gradients.toArray(String[]::new))
                    .build(faulty)) {
                Map<String, INDArray> actual = Agreement.compiled(graph, x, outputs, gradients);
                Map<String, INDArray> expected = Agreement.session(random.graph(), x, outputs, gradients);
                planted += dropped[0];
                if (dropped[0] > 0
                        && Agreement.differences(actual, expected, 1e-4).isEmpty()) {
                    missed.add(seed);
                }
            }
        }
        assertThat(planted).isGreaterThan(3);
        // What is added to a product may be zero, behind a relu that is shut for all samples.
        assertThat(missed).hasSizeLessThanOrEqualTo(planted / 4);
    }

    private static Program withoutAnAddend(Program program, int[] dropped) {
        List<Instruction> instructions = new java.util.ArrayList<>(program.instructions());
        for (int i = 0; i < instructions.size() && dropped[0] == 0; i++) {
            if (instructions.get(i) instanceof Product product && product.addend() != null) {
                instructions.set(
                        i,
                        Product.of(
                                product.left(),
                                product.transposeLeft(),
                                product.right(),
                                product.transposeRight(),
                                product.output()));
                dropped[0] = 1;
            }
        }
        return new Program(instructions, program.outputs(), program.gradients());
    }
}
