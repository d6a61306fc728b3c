package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A convolution, pooling or other operation with a kernel of its own.
 *
 * @param operation which, with its settings
 * @param inputs in the operation's order
 * @param outputs in the operation's order
 */
record Native(NativeOperation operation, List<Value> inputs, List<Value> outputs) implements Instruction {

    Native {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new Native(operation, inputs.stream().map(substitution).toList(), outputs);
    }
}
