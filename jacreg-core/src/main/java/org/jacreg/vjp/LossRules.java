package org.jacreg.vjp;

/** Loss ops inside a model. */
final class LossRules {

    private LossRules() {}

    static void register(VjpRules.Builder rules) {}
}
