package org.jacreg.runtime;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Brings a placeholder's value to where a plan reads it. */
final class Feed {

    private final String name;
    private final DataType type;
    private final long[] shape;
    private final @Nullable INDArray own;
    private final @Nullable HostRows ownRows;
    private final @Nullable DoublePointer ownDoubles;

    /**
     * A feed.
     *
     * @param value the placeholder
     * @param own the plan's array, row-major, or null if nothing reads the placeholder's entries
     * @param hosted whether arrays lie in main memory
     */
    Feed(Value value, @Nullable INDArray own, boolean hosted) {
        this.name = value.name();
        this.type = value.type();
        this.shape = value.shape();
        this.own = own;
        this.ownRows = own == null || !hosted ? null : HostRows.of(own).orElse(null);
        this.ownDoubles =
                own != null && hosted && !own.isEmpty() && type == DataType.DOUBLE ? Memory.doubles(own) : null;
    }

    String name() {
        return name;
    }

    /** Whether this plan can run with a value as it is. */
    boolean fits(@Nullable INDArray given) {
        return given != null && given.dataType() == type && Arrays.equals(given.shape(), shape);
    }

    /** Copies a value that {@link #fits}; not modified. */
    void accept(INDArray given) {
        if (own == null) {
            return;
        }
        if (ownRows != null) {
            HostRows rows = HostRows.of(given).orElse(null);
            if (rows != null) {
                rows.copyTo(ownRows);
                return;
            }
        } else if (ownDoubles != null && Memory.isRowMajor(given)) {
            Pointer.memcpy(ownDoubles, Memory.doubles(given), given.length() * Double.BYTES);
            return;
        }
        own.assign(given);
    }
}
