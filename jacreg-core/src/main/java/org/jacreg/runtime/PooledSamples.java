package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.jacreg.runtime.kernel.ImageShape;
import org.jacreg.runtime.kernel.SampleSink;
import org.jacreg.runtime.kernel.SampleSource;

/** Samples that are unpooled when read, or gathered when written; the places of the maxima are the instruction's third input. */
final class PooledSamples {

    private PooledSamples() {}

    static SampleSource source(Native instruction, int index, ImageShape shape, Storage storage) {
        Value values = instruction.inputs().get(index);
        Value where = instruction.inputs().get(2);
        FloatBuffer small = Memory.floats(storage.array(values));
        IntBuffer places = Memory.ints(storage.array(where));
        int pooled = Math.toIntExact(where.length() / where.size(0));
        int samples = Math.toIntExact(where.size(0));
        int plane = shape.height() * shape.width();
        int smallPlane = pooled / shape.channels();
        return (sample, image) -> {
            Arrays.fill(image, 0, shape.size(), 0);
            int from = sample * pooled;
            int place = sample % samples * pooled;
            for (int c = 0; c < shape.channels(); c++) {
                for (int i = c * smallPlane; i < (c + 1) * smallPlane; i++) {
                    image[c * plane + places.get(place + i)] = small.get(from + i);
                }
            }
        };
    }

    static SampleSink sink(Native instruction, ImageShape shape, Storage storage) {
        Value where = instruction.inputs().get(2);
        FloatBuffer small = Memory.floats(storage.array(instruction.outputs().get(0)));
        IntBuffer places = Memory.ints(storage.array(where));
        int pooled = Math.toIntExact(where.length() / where.size(0));
        int samples = Math.toIntExact(where.size(0));
        int plane = shape.height() * shape.width();
        int smallPlane = pooled / shape.channels();
        return (sample, image) -> {
            int to = sample * pooled;
            int place = sample % samples * pooled;
            for (int c = 0; c < shape.channels(); c++) {
                for (int i = c * smallPlane; i < (c + 1) * smallPlane; i++) {
                    small.put(to + i, image[c * plane + places.get(place + i)]);
                }
            }
        };
    }
}
