package org.jacreg.jacobian;

import org.bytedeco.javacpp.Pointer;

/**
 * How much of a Jacobian is computed at a time.
 *
 * <p>The working set of a sweep of {@code V} seeds for {@code m} samples is taken to be {@code m (forward + V * perSeed)} bytes:
 * everything that the graph and the sweep compute, as if nothing were given back on the way, and the block that results.
 *
 * @param cap what may be held at a time, in bytes
 * @param isUsers whether the user chose it
 * @param forward bytes of the graph's own values, for one sample
 * @param perSeed bytes of a sweep and of its result, for one seed of one sample
 */
record MemoryPlan(long cap, boolean isUsers, long forward, long perSeed) {

    /** Where the user sets no cap. */
    static final long DEFAULT_CAP = 1L << 30;

    /** ND4J takes more elements than this, but neither all of its ops nor Java's arrays do. */
    static final long MOST_ELEMENTS = Integer.MAX_VALUE;

    /** Seeds that go together: all if two samples fit (on so many shapes are checked), or groups of about equal size. */
    int stack(long seeds) {
        long fitting = Math.max(1, (cap / 2 - forward) / perSeed);
        long groups = (seeds + fitting - 1) / fitting;
        return (int) ((seeds + groups - 1) / groups);
    }

    /** Samples that go together, for so many seeds; at least 1. */
    long samples(int stack) {
        return Math.max(1, cap / bytes(stack));
    }

    /** Bytes for one sample. */
    long bytes(int stack) {
        return forward + stack * perSeed;
    }

    /** Whether the smallest step fits. */
    boolean possible(long samples) {
        return bytes(1) <= cap / samples;
    }

    /** Refuses a result that cannot be held. */
    void requireRoom(long elements, long bytes, String shape) {
        if (elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("the Jacobian " + shape + " has " + elements + " entries, more than the "
                    + MOST_ELEMENTS + " of one array; use stream(...), or compute it for fewer samples");
        }
        long limit = isUsers ? cap : available();
        if (bytes > limit) {
            throw new IllegalArgumentException("the Jacobian " + shape + " takes " + bytes + " bytes, but "
                    + (isUsers ? "maxMemory is " : "there is room for ") + limit
                    + "; use stream(...), or compute it for fewer samples");
        }
    }

    private static long available() {
        long limit = Pointer.maxPhysicalBytes() > 0 ? Pointer.maxPhysicalBytes() : Pointer.totalPhysicalBytes();
        return Math.max(0, limit - Pointer.physicalBytes());
    }
}
