package org.jacreg.attacks.objective;

/** Seeds out of numbers that lie close together. */
final class Mix {

    private Mix() {}

    /** Adds a constant and scatters: the step of the SplitMix64 generator, one to one on 64 bits. */
    static long of(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
