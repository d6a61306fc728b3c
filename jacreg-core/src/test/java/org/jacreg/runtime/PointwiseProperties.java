package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.junit.jupiter.api.Test;

/** How operands broadcast, blocks and threads, and passes that absorb others. */
class PointwiseProperties {

    /** Where an operand is given, entry i reads what NumPy's rule says; where none is, no repetition would do. */
    @Property(tries = 600, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void operandsBroadcast(@ForAll @IntRange(max = 1_000_000) int seed) {
        Random random = new Random(seed);
        long[] shape = new long[random.nextInt(5)];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = 1 + random.nextInt(3);
        }
        long[] small = new long[random.nextInt(shape.length + 1)];
        for (int i = 0; i < small.length; i++) {
            long size = shape[shape.length - small.length + i];
            small[i] = random.nextInt(3) == 0 ? 1 : random.nextInt(12) == 0 ? size + 1 : size;
        }
        Value value = SingleStep.placeholder("value", small);
        Value output = SingleStep.result(shape);
        int[] expected = broadcast(small, shape);
        Optional<Operand> operand = Operand.of(value, output);
        if (operand.isPresent()) {
            assertThat(expected).isNotNull();
            assertThat(reads(value.length(), operand.get().repeat(), expected.length))
                    .isEqualTo(expected);
        } else if (expected != null) {
            for (long repeat = 1; repeat <= output.length(); repeat++) {
                assertThat(reads(value.length(), repeat, expected.length)).isNotEqualTo(expected);
            }
        }
    }

    private static int[] reads(long length, long repeat, int count) {
        int[] reads = new int[count];
        for (int i = 0; i < count; i++) {
            reads[i] = (int) (i / repeat % length);
        }
        return reads;
    }

    /** Which entry of the small array every entry of the large one reads; null if the shapes do not broadcast. */
    private static int[] broadcast(long[] small, long[] shape) {
        int missing = shape.length - small.length;
        for (int i = 0; i < small.length; i++) {
            if (small[i] != 1 && small[i] != shape[missing + i]) {
                return null;
            }
        }
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        int[] reads = new int[count];
        for (int i = 0; i < count; i++) {
            int rest = i;
            int stride = 1;
            for (int axis = shape.length - 1; axis >= missing; axis--) {
                int index = (int) (rest % shape[axis]);
                rest /= (int) shape[axis];
                reads[i] += small[axis - missing] == 1 ? 0 : index * stride;
                stride *= (int) small[axis - missing];
            }
        }
        return reads;
    }

    @Test
    void valuesOfHigherRankAreRefused() {
        assertThat(Operand.of(SingleStep.placeholder("v", 1, 3), SingleStep.result(3)))
                .isEmpty();
        assertThat(Operand.of(SingleStep.placeholder("v", 1, 1), SingleStep.result(3)))
                .isPresent();
        assertThat(Operand.of(SingleStep.placeholder("v", 2, 1, 3), SingleStep.result(2, 4, 3)))
                .isEmpty();
    }

    /** Sums of operands that broadcast in different ways, at lengths around a block, on one thread and on three. */
    @Test
    void blocksAndThreads() {
        for (int features : new int[] {1, 7, 2047, 2048, 2049, 10000}) {
            for (int rows : new int[] {1, 2, 5}) {
                for (int threads : new int[] {1, 3}) {
                    sum(rows, features, threads);
                }
            }
        }
    }

    private static void sum(int rows, int features, int threads) {
        Value full = SingleStep.placeholder("full", rows, features);
        Value row = SingleStep.placeholder("row", features);
        Value column = SingleStep.placeholder("column", rows, 1);
        Value number = SingleStep.placeholder("number");
        Value output = SingleStep.result(rows, features);
        Map<Value, float[]> inputs = new HashMap<>();
        Random random = new Random(features);
        for (Value value : List.of(full, row, column, number)) {
            inputs.put(value, whole(random, (int) value.length()));
        }
        List<Stage> stages = List.of(
                Stage.of(Operation.ADD, 0, 1), Stage.of(Operation.ADD, 4, 2), Stage.of(Operation.MULTIPLY, 5, 3));
        float[] actual = SingleStep.run(
                Pointwise.of(List.of(full, row, column, number), stages, output).orElseThrow(), inputs, threads);
        for (int i = 0; i < actual.length; i++) {
            float expected = (inputs.get(full)[i] + inputs.get(row)[i % features] + inputs.get(column)[i / features])
                    * inputs.get(number)[0];
            assertThat(actual[i]).as(rows + "x" + features + " at " + i).isEqualTo(expected);
        }
    }

    /** Channels of images: runs of neighbours, and more than once around. */
    @Test
    void channels() {
        for (int plane : new int[] {1, 9, 700, 3000}) {
            Value images = SingleStep.placeholder("images", 4, 3, plane, 1);
            Value bias = SingleStep.placeholder("bias", 1, 3, 1, 1);
            Value output = SingleStep.result(4, 3, plane, 1);
            float[] x = whole(new Random(1), 12 * plane);
            float[] b = {1, 20, 300};
            Pointwise pass =
                    Pointwise.binary(Operation.ADD, images, bias, 0, output).orElseThrow();
            float[] actual = SingleStep.run(pass, Map.of(images, x, bias, b), 2);
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).isEqualTo(x[i] + b[i / plane % 3]);
            }
        }
    }

    private static float[] whole(Random random, int length) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = random.nextInt(201) - 100;
        }
        return numbers;
    }

    /** A pass with the passes before it done on the way gives their very numbers. */
    @Property(tries = 200, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void absorbingChangesNoNumber(@ForAll @IntRange(max = 1_000_000) int seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(4);
        int columns = 1 + random.nextInt(4);
        Value[] given = {
            SingleStep.placeholder("x", rows, columns),
            SingleStep.placeholder("y", columns),
            SingleStep.placeholder("z", rows, 1),
            SingleStep.placeholder("w", rows, columns)
        };
        Map<Value, float[]> contents = new HashMap<>();
        for (Value value : given) {
            float[] numbers = whole(random, (int) value.length());
            contents.put(value, numbers);
        }
        List<Value> pool = new ArrayList<>(List.of(given));
        Value first = SingleStep.placeholder("first", rows, columns);
        Value second = SingleStep.placeholder("second", rows, columns);
        Pointwise inner = pass(random, pool, first);
        pool.add(first);
        Pointwise middle = pass(random, List.of(first, given[random.nextInt(4)]), second);
        pool.add(second);
        Value output = SingleStep.result(rows, columns);
        Pointwise outer = pass(random, List.of(given[random.nextInt(4)], second, given[random.nextInt(4)]), output);
        contents.put(first, SingleStep.run(inner, contents(inner, contents), 1));
        contents.put(second, SingleStep.run(middle, contents(middle, contents), 1));
        float[] expected = SingleStep.run(outer, contents(outer, contents), 1);
        Pointwise joined = outer.absorbing(second, middle.absorbing(first, inner));
        Pointwise other = outer.absorbing(second, middle).absorbing(first, inner);
        for (Pointwise pass : List.of(joined, other)) {
            assertThat(pass.inputs()).doesNotContain(first, second);
            assertThat(SingleStep.run(pass, contents(pass, contents), 1)).isEqualTo(expected);
        }
    }

    private static Map<Value, float[]> contents(Pointwise pass, Map<Value, float[]> all) {
        Map<Value, float[]> contents = new HashMap<>();
        pass.inputs().forEach(value -> contents.put(value, all.get(value)));
        return contents;
    }

    /** One to four random stages that read all inputs. */
    private static Pointwise pass(Random random, List<Value> inputs, Value output) {
        List<Stage> stages = new ArrayList<>();
        int registers = inputs.size();
        int last = 0;
        for (int i = 1; i < registers; i++) {
            Operation operation = random.nextBoolean() ? Operation.SUBTRACT : Operation.MAXIMUM;
            stages.add(Stage.of(operation, last, i));
            last = registers + stages.size() - 1;
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Stage stage = random.nextBoolean()
                    ? new Stage(Operation.GATE, last, random.nextInt(registers), 3)
                    : new Stage(Operation.ADD_CONSTANT, last, -1, 0.5f);
            stages.add(stage);
            last = registers + stages.size() - 1;
        }
        if (stages.isEmpty()) {
            stages.add(Stage.of(Operation.NEGATE, 0, -1));
        }
        return Pointwise.of(inputs, stages, output).orElseThrow();
    }
}
