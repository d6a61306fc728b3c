package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;

/** The same numbers in memory of their own. */
record Copy(Value input, Value output) implements Instruction {

    @Override
    public List<Value> inputs() {
        return List.of(input);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new Copy(substitution.apply(input), output);
    }
}
