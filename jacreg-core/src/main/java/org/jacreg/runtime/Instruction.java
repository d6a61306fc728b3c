package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;

/** One step of a {@link Program}: reads some values and writes others, which no other instruction writes. */
sealed interface Instruction permits ForeignOp, View, Copy, Product, Pointwise, Fold, Native {

    /** What is read, in the instruction's order; a value may occur twice. */
    List<Value> inputs();

    /** What is written. */
    List<Value> outputs();

    /** The same step reading other values of the same shapes. */
    Instruction reading(UnaryOperator<Value> substitution);
}
