package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where every value of a program lies: one block of memory for each type, in which values whose lives do not overlap share
 * places; views and results written in place share their source's. What ND4J's own ops touch lies in arrays that begin where their memory
 * begins, and are used again, too.
 *
 * <p>Weights lie where the graph keeps them, if they are row-major there, constants in arrays of their own.
 */
final class Storage {

    /** In entries: whole cache lines for the widest type, so that no two values share a line. */
    private static final long ALIGNMENT = 16;

    private final Lifetimes lifetimes;
    private final Map<Value, INDArray> kept;
    private final Map<Value, INDArray> arrays = new HashMap<>();
    private final Map<DataType, INDArray> blocks = new EnumMap<>(DataType.class);

    private long ownBytes;

    private Storage(Lifetimes lifetimes, Map<Value, INDArray> kept) {
        this.lifetimes = lifetimes;
        this.kept = kept;
    }

    /**
     * Lays out a program.
     *
     * @param kept arrays of the weights that can be read in place; not modified
     */
    static Storage of(Program program, Map<Value, INDArray> kept) {
        Storage storage = new Storage(Lifetimes.of(program), kept);
        Map<DataType, List<Lifetimes.Life>> byType = new EnumMap<>(DataType.class);
        Set<Value> foreign = storage.foreign(program);
        Slabs slabs = new Slabs();
        for (Lifetimes.Life life : storage.lifetimes.lives()) {
            if (life.isForUser()) {
                // ND4J's own views of a view at an offset can come out empty (docs/nd4j-bugs.md), so users get arrays
                // of their own.
                Value root = life.root();
                storage.arrays.put(root, Nd4j.createUninitializedDetached(root.type(), root.shape()));
                storage.ownBytes += root.length() * root.type().width();
                continue;
            }
            if (foreign.contains(life.root())) {
                storage.arrays.put(life.root(), slabs.take(life));
                continue;
            }
            byType.computeIfAbsent(life.root().type(), type -> new ArrayList<>())
                    .add(life);
        }
        byType.forEach(storage::layOut);
        storage.ownBytes += slabs.bytes();
        return storage;
    }

    /** Places that ops of ND4J read or write: resize_bilinear, for one, overlooks the offset of a view (docs/nd4j-bugs.md). */
    private Set<Value> foreign(Program program) {
        Set<Value> roots = new HashSet<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof ForeignOp) {
                instruction.inputs().forEach(value -> roots.add(lifetimes.root(value)));
                instruction.outputs().forEach(value -> roots.add(lifetimes.root(value)));
            }
        }
        return roots;
    }

    private void layOut(DataType type, List<Lifetimes.Life> lives) {
        FreeList free = new FreeList();
        Map<Value, Long> offsets = new HashMap<>();
        Map<Lifetimes.Life, Long> active = new LinkedHashMap<>();
        for (Lifetimes.Life life : lives) {
            active.entrySet().removeIf(entry -> {
                boolean ended = entry.getKey().last() < life.first();
                if (ended) {
                    free.release(entry.getValue(), aligned(entry.getKey().root().length()));
                }
                return ended;
            });
            long offset = free.take(aligned(life.root().length()));
            offsets.put(life.root(), offset);
            active.put(life, offset);
        }
        INDArray block = Nd4j.createUninitializedDetached(type, Math.max(ALIGNMENT, free.extent()));
        blocks.put(type, block);
        offsets.forEach((root, offset) -> arrays.put(root, view(block, offset, root.shape())));
    }

    private static long aligned(long length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static INDArray view(INDArray block, long offset, long[] shape) {
        return Nd4j.create(block.data(), shape, Nd4j.getStrides(shape, 'c'), offset, 'c', block.dataType());
    }

    /** The value's array; row-major, perhaps sharing memory with others. */
    INDArray array(Value value) {
        INDArray known = arrays.get(value);
        if (known == null) {
            known = find(value);
            arrays.put(value, known);
        }
        return known;
    }

    private INDArray find(Value value) {
        if (kept.containsKey(value)) {
            return kept.get(value);
        }
        if (value.array() != null) {
            return value.array().isEmpty() ? value.array() : value.array().dup('c');
        }
        Value root = lifetimes.root(value);
        if (root == value) {
            throw new IllegalStateException("nothing writes " + value);
        }
        return array(root).reshape('c', value.shape());
    }

    /** Whether a value has a place: what no instruction reads or writes has none. */
    boolean holds(Value value) {
        return arrays.containsKey(value) || kept.containsKey(value);
    }

    /** Whether two values lie in the same place. */
    boolean share(Value a, Value b) {
        return lifetimes.root(a) == lifetimes.root(b);
    }

    /** The value that owns the place. */
    Value root(Value value) {
        return lifetimes.root(value);
    }

    /** Bytes of everything that was allocated. */
    long bytes() {
        return ownBytes
                + blocks.values().stream()
                        .mapToLong(block -> block.length() * block.dataType().width())
                        .sum();
    }
}
