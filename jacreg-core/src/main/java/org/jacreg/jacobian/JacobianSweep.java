package org.jacreg.jacobian;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.runtime.GraphRunner;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear map of seeds that stands in the graph: {@code v -> J^T v}, or {@code u -> J u}. Seeds come through a placeholder, so
 * the graph is built once whatever the seeds.
 */
final class JacobianSweep {

    /** Seeds with more entries are made afresh for every run. */
    private static final long MOST_KEPT = 1L << 18;

    /** Unit vectors {@code first, ...} for so many samples; not modified. */
    private record Units(long samples, long first, INDArray seeds) {}

    private final GraphCopy copy;
    private final String seed;
    private final DataType seedType;
    private final long[] seedShape;
    private final int stack;
    private final List<String> results;
    private final List<String> intermediates;
    private final @Nullable JacobianSweep base;
    private @Nullable GraphRunner runner;
    private @Nullable Units units;

    private JacobianSweep(
            GraphCopy copy,
            SDVariable seed,
            long[] seedShape,
            int stack,
            List<SDVariable> results,
            List<String> added,
            @Nullable JacobianSweep base) {
        this.copy = copy;
        this.seed = seed.name();
        this.seedType = seed.dataType();
        this.seedShape = seedShape;
        this.stack = stack;
        this.results = results.stream().map(SDVariable::name).toList();
        this.intermediates = added;
        this.base = base;
    }

    /**
     * Emits a sweep into the copy.
     *
     * @param copy the graph; gains nodes under the name
     * @param name a name scope of its own
     * @param type of the seeds
     * @param seedShape of one seed of one sample
     * @param fixedBatch the batch size, or -1
     * @param stack how many seeds every sample gets at a time
     * @param base the sweep of which this one is the transpose, or null; its seeds are fed zeros
     * @param map emits the map's results for a placeholder of seeds {@code [stack*N, *seedShape]}
     */
    static JacobianSweep emit(
            GraphCopy copy,
            String name,
            DataType type,
            long[] seedShape,
            long fixedBatch,
            int stack,
            @Nullable JacobianSweep base,
            BiFunction<SDVariable, Integer, List<SDVariable>> map) {
        SameDiff sd = copy.graph();
        List<String> before = computed(sd).toList();
        return GraphDecoration.addUnder(sd, name, () -> {
            // Name scopes do not reach the names of placeholders, and the user may have a variable of this name.
            SDVariable seed = sd.placeHolder(
                    GraphDecoration.PREFIX + name + "/seed",
                    type,
                    prepend(seedShape, fixedBatch < 0 ? -1 : fixedBatch));
            List<SDVariable> results = map.apply(seed, stack);
            List<String> added = computed(sd).filter(n -> !before.contains(n)).toList();
            return new JacobianSweep(copy, seed, seedShape, stack, results, added, base);
        });
    }

    private static Stream<String> computed(SameDiff sd) {
        return sd.variables().stream()
                .filter(variable -> variable.getVariableType() == VariableType.ARRAY)
                .map(SDVariable::name);
    }

    /** Seeds per sample. */
    int stack() {
        return stack;
    }

    SDVariable result(int index) {
        return copy.graph().getVariable(results.get(index));
    }

    SDVariable seed() {
        return copy.graph().getVariable(seed);
    }

    /** Numbers in one seed of one sample. */
    long seedLength() {
        return LongStream.of(seedShape).reduce(1, Math::multiplyExact);
    }

    /**
     * Applies the map to given seeds.
     *
     * @param batch {@code m} samples
     * @param seeds {@code [stack*m, *seedShape]}
     * @return results {@code [stack*m, ...]}, overwritten by the next run; to be given to {@link #release}
     */
    List<INDArray> run(JacobianFeed.Batch batch, INDArray seeds) {
        Map<String, INDArray> fed = new HashMap<>(batch.values());
        feedBase(fed, batch.size());
        fed.put(seed, seeds.castTo(seedType));
        copy.refresh();
        return runner().run(fed);
    }

    /** Made when it is first needed: most sweeps of a Jacobian are never run. */
    private GraphRunner runner() {
        if (runner == null) {
            runner = GraphRunner.of(copy.graph(), results, List.of());
        }
        return runner;
    }

    /** The map does not depend on them, but nodes that only take a shape from them may be evaluated. */
    private void feedBase(Map<String, INDArray> fed, long samples) {
        if (base != null) {
            fed.put(base.seed, Nd4j.zeros(base.seedType, prepend(base.seedShape, samples)));
        }
    }

    /** Applies the map to unit vectors {@code first, first + 1, ...}; seeds beyond the last are zero. */
    List<INDArray> runUnits(JacobianFeed.Batch batch, long first) {
        return run(batch, units(batch.size(), first));
    }

    /** Those of the last run if they were the same, as they are in every call but the first where all seeds go together. */
    private INDArray units(long samples, long first) {
        Units known = units;
        // A session gives the sweep of a shift back as its result, which is closed.
        if (known != null
                && known.samples() == samples
                && known.first() == first
                && !known.seeds().wasClosed()) {
            return known.seeds();
        }
        units = null;
        if (samples * stack * seedLength() > MOST_KEPT) {
            return newUnits(samples, first);
        }
        // They outlive a workspace that the caller may have opened.
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray seeds = newUnits(samples, first);
            units = new Units(samples, first, seeds);
            return seeds;
        }
    }

    private INDArray newUnits(long m, long first) {
        long length = seedLength();
        INDArray seeds = Nd4j.zeros(seedType, stack * m * length);
        for (long v = 0; v < stack && first + v < length; v++) {
            for (long n = 0; n < m; n++) {
                seeds.putScalar((v * m + n) * length + first + v, 1.0);
            }
        }
        return seeds.reshape('c', prepend(seedShape, stack * m));
    }

    /** Gives back the memory of results at once: garbage collection knows nothing of native memory. */
    void release(Collection<INDArray> arrays, JacobianFeed.Batch batch) {
        if (runner().isCompiled()) {
            return;
        }
        for (INDArray array : arrays) {
            if (array.closeable() && !isShared(array, batch)) {
                array.close();
            }
        }
    }

    /** ND4J's identity op hands its input on. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isShared(INDArray array, JacobianFeed.Batch batch) {
        return batch.values().values().stream().anyMatch(fed -> fed.data() == array.data())
                || copy.graph().variables().stream()
                        .filter(variable -> variable.getVariableType() == VariableType.VARIABLE
                                || variable.getVariableType() == VariableType.CONSTANT)
                        .anyMatch(variable -> variable.getArr().data() == array.data());
    }

    /**
     * The bytes of everything that the sweep computes, for one seed of one sample.
     *
     * @param fed placeholder values for {@code samples} samples
     */
    long bytesPerSeed(Map<String, INDArray> fed, long samples) {
        Map<String, INDArray> all = new HashMap<>(fed);
        feedBase(all, samples);
        all.put(seed, Nd4j.ones(seedType, prepend(seedShape, stack * samples)));
        long bytes = 0;
        // The sweep of a shift is its seed, and needs no nodes.
        if (!intermediates.isEmpty()) {
            for (INDArray array : copy.graph().output(all, intermediates).values()) {
                bytes += array.length() * array.dataType().width();
            }
        }
        return seedLength() * seedType.width() + bytes / (stack * samples);
    }

    static long[] prepend(long[] shape, long... first) {
        return LongStream.concat(LongStream.of(first), LongStream.of(shape)).toArray();
    }
}
