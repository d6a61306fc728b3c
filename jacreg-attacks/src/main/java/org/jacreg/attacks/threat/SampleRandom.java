package org.jacreg.attacks.threat;

import java.util.SplittableRandom;

/**
 * A random generator of its own for every sample: a function of a seed and of the sample's values, not of its place in a batch.
 */
public final class SampleRandom {

    /*
     * The generator is seeded by the sample's values, not by its place in the batch. So a sample attacked alone, in a
     * batch of any size, in shuffled order or by a resumed run meets the same random starts, and no index has to be
     * carried through the interfaces. The price is one pass over the values. The mixing steps are those of
     * D. Stafford's variant 13 of the 64-bit finalizer (as in SplittableRandom).
     */

    private SampleRandom() {}

    /**
     * The generator of a sample.
     *
     * @param seed the seed; restarts and other independent draws take seeds of their own
     * @param sample the sample's values, not modified; 0 and -0 are one value
     * @return a fresh generator, the same for the same arguments
     */
    public static SplittableRandom forSample(long seed, double[] sample) {
        return forSample(seed, sample, 0, sample.length);
    }

    /** The generator of the sample that starts at {@code offset} in {@code values}. */
    static SplittableRandom forSample(long seed, double[] values, int offset, int length) {
        long hash = mix(seed);
        for (int k = offset; k < offset + length; k++) {
            // adding 0.0 makes -0.0 and 0.0 one value
            hash = mix(hash ^ Double.doubleToLongBits(values[k] + 0.0)) + 0x9E3779B97F4A7C15L;
        }
        return new SplittableRandom(hash);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
