package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.functions.DifferentialFunction;

/** An op that ND4J itself runs. */
record ForeignOp(DifferentialFunction op, List<Value> inputs, List<Value> outputs) implements Instruction {

    ForeignOp {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    String opName() {
        return op.opName();
    }

    Value input(int index) {
        return inputs.get(index);
    }

    Value output() {
        return outputs.get(0);
    }

    @Override
    public String toString() {
        return "ND4J " + opName() + inputs + " -> " + outputs;
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new ForeignOp(op, inputs.stream().map(substitution).toList(), outputs);
    }
}
