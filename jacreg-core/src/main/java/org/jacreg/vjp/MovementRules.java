package org.jacreg.vjp;

/** Concatenating, splitting, gathering and reordering. */
final class MovementRules {

    private MovementRules() {}

    static void register(VjpRules.Builder rules) {}
}
