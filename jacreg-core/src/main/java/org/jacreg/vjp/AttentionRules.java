package org.jacreg.vjp;

/** Dot-product and multi-head attention. */
final class AttentionRules {

    private AttentionRules() {}

    static void register(VjpRules.Builder rules) {}
}
