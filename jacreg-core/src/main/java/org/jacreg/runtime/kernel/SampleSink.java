package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Where a kernel writes the samples of a batch: an array, or something made of the sample while it is in the cache.
 *
 * <p>Each task of a kernel asks {@link #perTask} for a sink of its own, so a sink may keep scratch memory.
 */
@FunctionalInterface
public interface SampleSink {

    /**
     * Takes one sample.
     *
     * @param sample its number
     * @param values its elements from 0 on; not modified, and to be copied, since the caller uses the array again
     */
    void write(int sample, float[] values);

    /**
     * A sink for one task, which one thread at a time writes to.
     *
     * @return this one, where it may be written to by several threads at once
     */
    default SampleSink perTask() {
        return this;
    }

    /**
     * The rows of an array {@code [samples, size]}.
     *
     * @param array modified
     * @param samples how many rows
     * @param size elements of a row
     * @param accumulate whether to add to what is there, rather than replace it
     * @return a view
     */
    static SampleSink of(FloatPointer array, int samples, int size, boolean accumulate) {
        FloatBuffer buffer = NativeFloats.view("output", array, (long) samples * size);
        if (!accumulate) {
            return (sample, values) -> buffer.put(sample * size, values, 0, size);
        }
        return (sample, values) -> {
            int base = sample * size;
            for (int i = 0; i < size; i++) {
                buffer.put(base + i, buffer.get(base + i) + values[i]);
            }
        };
    }
}
