package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arguments of ops that arrive as variables, such as axes and sizes: a rule can only use what is known in advance. */
final class StaticArguments {

    private StaticArguments() {}

    /**
     * The values of a constant input.
     *
     * @param what what the input holds, for the message
     * @throws IllegalArgumentException if the input is computed or fed
     */
    static long[] numbers(VjpContext context, int input, String what) {
        SDVariable variable = context.input(input);
        INDArray values = variable.getVariableType() == VariableType.CONSTANT ? variable.getArr() : null;
        if (values == null) {
            throw new IllegalArgumentException(context.describe() + " takes its " + what + " from '" + variable.name()
                    + "', which is not a constant; give it as a number or a constant to differentiate through it");
        }
        return values.isEmpty() ? new long[0] : values.dup('c').data().asLong();
    }

    static long number(VjpContext context, int input, String what) {
        return numbers(context, input, what)[0];
    }
}
