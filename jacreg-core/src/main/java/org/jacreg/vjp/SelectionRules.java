package org.jacreg.vjp;

/** Maxima, minima, clipping and choosing. */
final class SelectionRules {

    private SelectionRules() {}

    static void register(VjpRules.Builder rules) {}
}
