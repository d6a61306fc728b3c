package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A copy of arrays that change, to put back later. */
final class WeightSnapshot {

    private final Supplier<Map<String, INDArray>> live;
    private @Nullable Map<String, INDArray> copies;

    /** Refers to the arrays; copies nothing yet. */
    WeightSnapshot(Supplier<Map<String, INDArray>> live) {
        this.live = live;
    }

    /** Copies the arrays as they are now. */
    void capture() {
        if (copies == null) {
            copies = new LinkedHashMap<>();
            for (Map.Entry<String, INDArray> entry : live.get().entrySet()) {
                copies.put(entry.getKey(), entry.getValue().dup());
            }
        } else {
            copyAll(live.get(), copies);
        }
    }

    boolean isCaptured() {
        return copies != null;
    }

    /** Puts the copies back; does nothing if there are none. */
    void restore() {
        if (copies != null) {
            copyAll(copies, live.get());
        }
    }

    /** The copies, or an empty map. */
    Map<String, INDArray> copies() {
        return copies == null ? Map.of() : copies;
    }

    /** Takes copies made elsewhere. */
    void accept(Map<String, INDArray> made) {
        if (!made.isEmpty()) {
            copies = new LinkedHashMap<>(made);
        }
    }

    static void copyAll(Map<String, INDArray> from, Map<String, INDArray> to) {
        to.forEach((name, array) -> array.assign(Objects.requireNonNull(from.get(name), name)));
    }
}
