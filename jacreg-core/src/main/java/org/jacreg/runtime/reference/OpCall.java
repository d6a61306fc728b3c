package org.jacreg.runtime.reference;

import java.util.List;

/**
 * An op with its attributes and operands, as a {@link Reference} reads it.
 *
 * @param opName the kind, as ND4J names it
 * @param inputs the operands
 * @param outputShapes the shapes of the results; not to be modified
 * @param integers the integer arguments
 * @param numbers the floating-point arguments; of the older ops the scalar, if there is one, and the extra arguments
 * @param flags the boolean arguments
 * @param dimensions the axes of the older reductions
 */
public record OpCall(
        String opName,
        List<Operand> inputs,
        List<long[]> outputShapes,
        List<Long> integers,
        List<Double> numbers,
        List<Boolean> flags,
        List<Integer> dimensions) {

    /**
     * An operand.
     *
     * @param index its place
     * @return the operand
     */
    public Operand in(int index) {
        return inputs.get(index);
    }

    int integer(int index) {
        return Math.toIntExact(integers.get(index));
    }

    int integer(int index, int otherwise) {
        return index < integers.size() ? integer(index) : otherwise;
    }

    double number(int index, double otherwise) {
        return index < numbers.size() ? numbers.get(index) : otherwise;
    }

    boolean flag(int index) {
        return index < flags.size() && flags.get(index);
    }
}
