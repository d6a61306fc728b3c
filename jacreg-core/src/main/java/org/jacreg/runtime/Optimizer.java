package org.jacreg.runtime;

/** From ND4J's ops to what is run: lowering and rewriting, or nothing of it. */
@FunctionalInterface
interface Optimizer {

    Program apply(Program program);

    /** Everything that is right on this machine. */
    static Optimizer standard() {
        return program ->
                Separation.apply(Simplification.apply(Lowering.standard().apply(PoolingPattern.apply(program))));
    }

    /** ND4J's own ops, one for one, in a static schedule. */
    static Optimizer none() {
        return Separation::apply;
    }
}
