package org.jacreg.vjp;

/** Recurrent layers. */
final class RecurrentRules {

    private RecurrentRules() {}

    static void register(VjpRules.Builder rules) {}
}
