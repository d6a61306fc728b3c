package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** No two values that are needed at once lie in the same memory: brute force over random programs and graphs. */
class StorageProperties {

    /**
     * Plays a program on symbols: every instruction writes its result's tag over the addresses of its output, and every reading must find the
     * tag of what is read. An elementwise pass and the addend of a product may lie where the result lies; nothing else.
     */
    @Property(tries = 300, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void everyReadingFindsItsValue(@ForAll @IntRange(max = 1_000_000) int seed) {
        play(program(new Random(seed)));
    }

    /** The same for what graphs become. */
    @Property(tries = 60, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void ofCompiledGraphs(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll boolean standard) {
        RandomGraph random = new RandomGraph(DataType.FLOAT, seed);
        Machine machine = standard ? Machine.standard() : Machine.withoutKernels();
        try (CompiledGraph graph = CompiledGraph.of(random.graph())
                .outputs(random.outputs().toArray(String[]::new))
                .gradients(random.gradients().toArray(String[]::new))
                .build(machine)) {
            play(graph.plan(random.input(3, 1)).program());
        }
    }

    private static void play(Program program) {
        Map<Value, INDArray> kept = new HashMap<>();
        for (Instruction instruction : program.instructions()) {
            instruction.inputs().stream()
                    .filter(value -> value.kind() == Value.Kind.VARIABLE)
                    .forEach(
                            value -> kept.put(value, org.nd4j.linalg.factory.Nd4j.create(value.type(), value.shape())));
        }
        Storage storage = Storage.of(program, kept);
        Map<Long, Value> memory = new HashMap<>();
        Map<Value, Value> views = new HashMap<>();
        for (Instruction instruction : program.instructions()) {
            for (Value input : instruction.inputs()) {
                Value tag = views.getOrDefault(input, input);
                if (tag.kind() == Value.Kind.COMPUTED) {
                    assertHolds(storage, input, tag, memory, instruction);
                } else {
                    fill(storage, input, tag, memory);
                }
            }
            if (instruction instanceof View view) {
                views.put(view.output(), views.getOrDefault(view.input(), view.input()));
            } else {
                requireApart(instruction, storage);
                instruction.outputs().forEach(output -> fill(storage, output, output, memory));
            }
        }
        for (Value wanted : program.wanted()) {
            assertHolds(storage, wanted, views.getOrDefault(wanted, wanted), memory, null);
        }
    }

    private static void requireApart(Instruction instruction, Storage storage) {
        Set<Long> written = new HashSet<>();
        for (Value output : instruction.outputs()) {
            for (long address : addresses(storage.array(output))) {
                assertThat(written.add(address))
                        .as("outputs overlap: " + instruction)
                        .isTrue();
            }
        }
        for (Value input : instruction.inputs()) {
            boolean sum = instruction instanceof Product product
                    && input == product.addend()
                    && input != product.left()
                    && input != product.right();
            boolean entrywise = instruction instanceof Pointwise pass
                    && pass.operands().stream()
                            .filter(operand -> operand.value() == input)
                            .allMatch(operand -> operand.isFull(pass.output()));
            Set<Long> shared = new HashSet<>(addresses(storage.array(input)));
            shared.retainAll(written);
            if (!shared.isEmpty()) {
                assertThat(sum || entrywise)
                        .as("written over while read: " + instruction)
                        .isTrue();
                assertThat(addresses(storage.array(input)))
                        .isEqualTo(addresses(storage.array(instruction.outputs().get(0))));
            }
        }
    }

    private static List<Long> addresses(INDArray array) {
        List<Long> addresses = new ArrayList<>();
        if (array.isEmpty()) {
            return addresses;
        }
        int width = array.dataType().width();
        long start = array.data().pointer().address() + array.offset() * width;
        for (long i = 0; i < array.length(); i++) {
            addresses.add(start + i * width);
        }
        return addresses;
    }

    private static void fill(Storage storage, Value value, Value tag, Map<Long, Value> memory) {
        addresses(storage.array(value)).forEach(address -> memory.put(address, tag));
    }

    private static void assertHolds(
            Storage storage, Value value, Value tag, Map<Long, Value> memory, Instruction instruction) {
        for (long address : addresses(storage.array(value))) {
            assertThat(memory.get(address))
                    .as(value + " read by " + instruction)
                    .isSameAs(tag);
        }
    }

    /** Passes, sums, products, views and foreign-like operations over values of a few shapes. */
    private static Program program(Random random) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            values.add(SingleStep.placeholder("p" + i, 3, 3));
        }
        List<Instruction> instructions = new ArrayList<>();
        int count = 3 + random.nextInt(20);
        for (int i = 0; i < count; i++) {
            Value a = values.get(random.nextInt(values.size()));
            Value b = values.get(random.nextInt(values.size()));
            Value output = Value.computed("v" + i, DataType.FLOAT, 3, 3);
            Instruction instruction = switch (random.nextInt(6)) {
                case 0, 1 ->
                    new Pointwise(
                            List.of(new Operand(a, 1), new Operand(b, 1)),
                            List.of(Stage.of(Operation.ADD, 0, 1)),
                            output);
                case 2 -> Product.of(a, false, b, random.nextBoolean(), output);
                case 3 -> new Product(a, false, b, false, values.get(random.nextInt(values.size())), output);
                case 4 -> new View(a, output);
                default -> new Copy(a, output);
            };
            instructions.add(instruction);
            values.add(output);
        }
        Map<String, Value> outputs = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            outputs.put("o" + i, values.get(random.nextInt(values.size())));
        }
        Map<String, Value> gradients = Map.of("g", values.get(values.size() - 1));
        Program program = new Program(instructions, outputs, gradients);
        return Separation.apply(random.nextBoolean() ? program.withoutDeadCode() : program);
    }

    /** Stretches that are taken do not overlap, and what is given back is taken again. */
    @Property(tries = 200, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void freeList(@ForAll @IntRange(max = 1_000_000) int seed) {
        Random random = new Random(seed);
        FreeList free = new FreeList();
        Map<Long, Long> taken = new HashMap<>();
        Set<Long> used = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            if (random.nextBoolean() || taken.isEmpty()) {
                long length = 1 + random.nextInt(20);
                long offset = free.take(length);
                for (long at = offset; at < offset + length; at++) {
                    assertThat(used.add(at)).isTrue();
                }
                assertThat(offset + length).isLessThanOrEqualTo(free.extent());
                taken.put(offset, length);
            } else {
                long offset = List.copyOf(taken.keySet()).get(random.nextInt(taken.size()));
                long length = taken.remove(offset);
                for (long at = offset; at < offset + length; at++) {
                    used.remove(at);
                }
                free.release(offset, length);
            }
        }
        taken.forEach(free::release);
        long all = free.extent();
        if (all > 0) {
            assertThat(free.take(all)).isZero();
            assertThat(free.extent()).isEqualTo(all);
        }
    }
}
