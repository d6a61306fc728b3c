package org.jacreg.attacks;

/** Seeds made of seeds. */
final class Seeds {

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** The seed of a restart; that of the first is the seed itself. */
    static long restart(long seed, int restart) {
        return seed + restart * GOLDEN_RATIO;
    }
}
