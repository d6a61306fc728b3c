package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pieces of memory that are used again, as a whole and from their beginning, by values of one type that are not alive at once. */
final class Slabs {

    private final List<Slab> slabs = new ArrayList<>();

    private static final class Slab {
        private final INDArray memory;
        private int busyUntil;

        Slab(INDArray memory) {
            this.memory = memory;
        }
    }

    /** An array for a value; lives must come in the order in which they begin. */
    INDArray take(Lifetimes.Life life) {
        Value root = life.root();
        Slab best = null;
        for (Slab slab : slabs) {
            boolean fits = slab.busyUntil < life.first()
                    && slab.memory.dataType() == root.type()
                    && slab.memory.length() >= root.length();
            if (fits && (best == null || slab.memory.length() < best.memory.length())) {
                best = slab;
            }
        }
        if (best == null) {
            best = new Slab(Nd4j.createUninitializedDetached(root.type(), Math.max(1, root.length())));
            slabs.add(best);
        }
        best.busyUntil = life.last();
        long[] shape = root.shape();
        return Nd4j.create(best.memory.data(), shape, Nd4j.getStrides(shape, 'c'), 0, 'c', root.type());
    }

    long bytes() {
        return slabs.stream()
                .mapToLong(slab -> slab.memory.length() * slab.memory.dataType().width())
                .sum();
    }
}
