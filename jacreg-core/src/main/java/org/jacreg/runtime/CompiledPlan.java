package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.math3.stat.StatUtils;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A program with its memory and its steps, for one set of shapes. Not thread-safe. */
final class CompiledPlan implements AutoCloseable {

    private final GraphImport graph;
    private final List<WatchedConstant> watched = new ArrayList<>();
    private final List<Feed> feeds = new ArrayList<>();
    private final List<Map.Entry<String, INDArray>> bound = new ArrayList<>();
    private final Map<Value, INDArray> inPlace = new HashMap<>();
    private final List<Map.Entry<INDArray, INDArray>> copies = new ArrayList<>();
    private final Program program;
    private final Storage storage;
    private final StepFactory steps;
    private final Runnable[] schedule;
    private final int early;
    private final List<String> names = new ArrayList<>();
    private final CompiledValues values;
    private final @Nullable CpuBackend kernels;
    private final double flops32;
    private final double flops64;
    private final Runnable body = this::runSchedule;

    private CompiledPlan(
            GraphImport graph, Recording recording, Program program, @Nullable String late, Machine machine) {
        this.graph = graph;
        Set<Instruction> waiting = program.dependentsOf(late);
        this.program = program.postponing(waiting);
        bind(recording);
        this.storage = Storage.of(this.program, inPlace);
        this.steps = new StepFactory(storage, machine);
        feed(recording, machine.kernels().isPresent());
        List<Runnable> list = new ArrayList<>();
        int first = -1;
        for (Instruction instruction : this.program.instructions()) {
            first = first < 0 && waiting.contains(instruction) ? list.size() : first;
            steps.step(instruction).ifPresent(step -> {
                list.add(step);
                names.add(instruction.toString());
            });
        }
        this.schedule = list.toArray(Runnable[]::new);
        this.early = first < 0 ? schedule.length : first;
        this.kernels = machine.kernels().orElse(null);
        this.flops32 = flops(program, DataType.FLOAT);
        this.flops64 = flops(program, DataType.DOUBLE);
        this.values = new CompiledValues(arrays(program.outputs()), arrays(program.gradients()));
    }

    private void bind(Recording recording) {
        for (Value value : recording.given().values()) {
            if (value.kind() == Value.Kind.VARIABLE) {
                INDArray array = graph.kept(value.name());
                bound.add(Map.entry(value.name(), array));
                INDArray own = Memory.isRowMajor(array) ? array : array.dup('c');
                inPlace.put(value, own);
                if (own != array) {
                    copies.add(Map.entry(own, array));
                }
            }
        }
    }

    /** Arrays lie in main memory where there are kernels. */
    private void feed(Recording recording, boolean hosted) {
        recording.watched().forEach((name, array) -> watched.add(new WatchedConstant(name, array, hosted)));
        for (Value value : recording.given().values()) {
            if (value.kind() == Value.Kind.PLACEHOLDER) {
                feeds.add(new Feed(value, storage.holds(value) ? storage.array(value) : null, hosted));
            }
        }
    }

    /** Operations of the largest product of a type; convolutions count as large. */
    private static double flops(Program program, DataType type) {
        double largest = 0;
        for (Instruction step : program.instructions()) {
            if (step instanceof Product product && product.output().type() == type) {
                largest = Math.max(largest, 2.0 * product.output().length() * product.inner());
            } else if (step instanceof Native other && other.operation().isConvolution() && type == DataType.FLOAT) {
                largest = Double.MAX_VALUE;
            }
        }
        return largest;
    }

    /**
     * Records, rewrites and lays out a graph for the shapes of these placeholders.
     *
     * @param placeholders by name, of the placeholders' types; not modified
     * @param late the placeholder whose dependents come last, if there is one
     */
    static CompiledPlan of(
            GraphImport graph, Map<String, INDArray> placeholders, @Nullable String late, Machine machine) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Recording recording = Recording.of(graph, placeholders);
            return new CompiledPlan(graph, recording, machine.optimizer().apply(recording.program()), late, machine);
        }
    }

    private Map<String, INDArray> arrays(Map<String, Value> wanted) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        wanted.forEach((name, value) -> arrays.put(name, storage.array(value)));
        return arrays;
    }

    /** Whether the graph still holds the arrays and constants for which this was made. */
    boolean isCurrent() {
        for (Map.Entry<String, INDArray> entry : bound) {
            INDArray now = graph.kept(entry.getKey());
            if (now != entry.getValue() && !Memory.isSamePlace(now, entry.getValue())) {
                return false;
            }
        }
        for (WatchedConstant constant : watched) {
            if (!constant.holds(graph.kept(constant.name()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every placeholder has a value of the type and shape for which this was made. */
    boolean fits(Map<String, INDArray> placeholders) {
        for (Feed feed : feeds) {
            if (!feed.fits(placeholders.get(feed.name()))) {
                return false;
            }
        }
        return true;
    }

    /** Runs with placeholders that {@link #fits fit}; not modified. */
    CompiledValues run(Map<String, INDArray> placeholders) {
        fill(placeholders, "");
        held(body);
        return values;
    }

    /** Runs with placeholders that {@link #fits fit}, asking for the late one's value when what precedes it is done. */
    CompiledValues run(Map<String, INDArray> placeholders, String late, Function<CompiledValues, INDArray> answer) {
        fill(placeholders, late);
        held(() -> run(0, early));
        INDArray given = answer.apply(values);
        for (Feed feed : feeds) {
            if (feed.name().equals(late)) {
                if (!feed.fits(given)) {
                    throw new IllegalArgumentException("placeholder '" + late + "' got a late value of shape "
                            + Arrays.toString(given.shape()) + " and type " + given.dataType()
                            + ", but the run began with another shape or type");
                }
                feed.accept(given);
            }
        }
        held(() -> run(early, schedule.length));
        return values;
    }

    private void fill(Map<String, INDArray> placeholders, String but) {
        for (Feed feed : feeds) {
            if (!feed.name().equals(but)) {
                feed.accept(Objects.requireNonNull(placeholders.get(feed.name()), feed.name()));
            }
        }
        for (Map.Entry<INDArray, INDArray> copied : copies) {
            copied.getKey().assign(copied.getValue());
        }
    }

    private void held(Runnable work) {
        if (kernels == null) {
            work.run();
        } else {
            kernels.hold(work, flops32, flops64);
        }
    }

    private void runSchedule() {
        run(0, schedule.length);
    }

    private void run(int from, int to) {
        for (int i = from; i < to; i++) {
            schedule[i].run();
        }
    }

    /** Runs with the placeholders of the last run and takes the time of every step. */
    List<StepTime> profile(int runs) {
        double[][] micros = new double[schedule.length][runs];
        for (int run = 0; run < runs; run++) {
            for (int i = 0; i < schedule.length; i++) {
                long start = System.nanoTime();
                schedule[i].run();
                micros[i][run] = (System.nanoTime() - start) / 1e3;
            }
        }
        List<StepTime> times = new ArrayList<>();
        for (int i = 0; i < schedule.length; i++) {
            times.add(new StepTime(names.get(i), StatUtils.percentile(micros[i], 50)));
        }
        return times;
    }

    Program program() {
        return program;
    }

    /** Bytes of the block in which all computed values lie. */
    long bytes() {
        return storage.bytes();
    }

    @Override
    public void close() {
        steps.close();
    }
}
