package org.jacreg.vjp;

/** Cumulative sums and products. */
final class CumulativeRules {

    private CumulativeRules() {}

    static void register(VjpRules.Builder rules) {}
}
