package org.jacreg.bounds.certify;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** An immutable registry of what ops of several sample-dependent inputs, or such that move numbers, are; by op name. */
final class OpReaders {

    /** Reads one op into the builder and gives its node. */
    @FunctionalInterface
    interface NodeReader {
        int read(OpContext context);
    }

    private final Map<String, NodeReader> readers;

    private OpReaders(Map<String, NodeReader> readers) {
        this.readers = Collections.unmodifiableMap(new TreeMap<>(readers));
    }

    static OpReaders standard() {
        Map<String, NodeReader> readers = new TreeMap<>();
        readers.put("add", context -> JoiningOps.sum(context, 1));
        readers.put("mergeadd", context -> JoiningOps.sum(context, 1));
        readers.put("subtract", context -> JoiningOps.sum(context, -1));
        readers.put("concat", JoiningOps::concatenation);
        readers.put("permute", MovingOps::permutation);
        readers.put("transpose", MovingOps::permutation);
        readers.put("cast", MovingOps::cast);
        return new OpReaders(readers);
    }

    Optional<NodeReader> find(String opName) {
        return Optional.ofNullable(readers.get(opName));
    }

    Set<String> opNames() {
        return readers.keySet();
    }
}
