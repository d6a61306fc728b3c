package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;

/** The same numbers in the same order under another shape: costs nothing. */
record View(Value input, Value output) implements Instruction {

    View {
        if (input.length() != output.length() || input.type() != output.type()) {
            throw new IllegalStateException("no view: " + input + " as " + output);
        }
    }

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
        return new View(substitution.apply(input), output);
    }
}
