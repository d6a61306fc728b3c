package org.jacreg.runtime;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A constant of a graph whose contents went into a plan, so that they must not change: they are compared at every run, byte by
 * byte where arrays lie in main memory, since ND4J's comparison computes a difference.
 */
final class WatchedConstant {

    private final String name;
    private final INDArray then;
    private final @Nullable ByteBuffer bytesThen;
    private @Nullable INDArray seen;
    private @Nullable DataBuffer seenData;
    private @Nullable ByteBuffer bytesSeen;

    WatchedConstant(String name, INDArray then, boolean hosted) {
        this.name = name;
        this.then = then;
        this.bytesThen = hosted ? bytes(then) : null;
    }

    String name() {
        return name;
    }

    /** Whether the graph's array, now, holds what it held. */
    boolean holds(INDArray now) {
        if (bytesThen == null) {
            return Memory.haveSameBits(now, then);
        }
        if (now != seen || now.data() != seenData) {
            boolean same = now.dataType() == then.dataType() && now.equalShapes(then);
            bytesSeen = same ? bytes(now) : null;
            seen = now;
            seenData = now.data();
        }
        return bytesSeen == null ? Memory.haveSameBits(now, then) : bytesSeen.mismatch(bytesThen) < 0;
    }

    private static @Nullable ByteBuffer bytes(INDArray array) {
        boolean readable = !array.isEmpty() && array.dataType().isNumerical() && Memory.isRowMajor(array);
        return readable ? Memory.bytes(array) : null;
    }
}
