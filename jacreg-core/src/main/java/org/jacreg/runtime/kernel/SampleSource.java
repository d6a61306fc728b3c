package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Where a kernel reads the samples of a batch: an array, or something computed from one while it is read, which saves writing it out.
 *
 * <p>Each task of a kernel asks {@link #perTask} for a source of its own, so a source may keep scratch memory.
 */
@FunctionalInterface
public interface SampleSource {

    /**
     * Reads one sample.
     *
     * @param sample its number
     * @param values its elements are written from 0 on, all of them
     */
    void read(int sample, float[] values);

    /**
     * A source for one task, which one thread at a time reads from.
     *
     * @return this one, where it may be read by several threads at once
     */
    default SampleSource perTask() {
        return this;
    }

    /**
     * The rows of an array {@code [samples, size]}.
     *
     * @param array not modified
     * @param samples how many rows
     * @param size elements of a row
     * @return a view
     */
    static SampleSource of(FloatPointer array, int samples, int size) {
        FloatBuffer buffer = NativeFloats.view("input", array, (long) samples * size);
        return (sample, values) -> buffer.get(sample * size, values, 0, size);
    }
}
