package org.jacreg.attacks.threat;

/**
 * Comparisons without branches, which the compiler can turn into vector instructions: {@code min(max(a H, 0) H, 1)} with {@code H =
 * 2^127} is 1 for every positive number, the smallest (2^-149) included, and 0 for others. NaN stays NaN.
 */
final class SignLoops {

    private static final float HUGE = 0x1p127f;

    private SignLoops() {}

    /** 1 for positive numbers, else 0. */
    static float positive(float a) {
        return Math.min(Math.max(a * HUGE, 0f) * HUGE, 1f);
    }

    /** 1, 0 or -1. */
    static float sign(float a) {
        return positive(a) - positive(-a);
    }
}
