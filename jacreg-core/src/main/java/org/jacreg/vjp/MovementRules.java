package org.jacreg.vjp;

/** Ops that join, cut and pick. Each is linear, and its adjoint puts values back where they came from. */
final class MovementRules {

    private MovementRules() {}

    static void register(VjpRules.Builder rules) {
        JoinRules.register(rules);
        SliceRules.register(rules);
        MirrorRules.register(rules);
        IndexRules.register(rules);
        DiagonalRules.register(rules);
        SolverRules.register(rules);
    }
}
