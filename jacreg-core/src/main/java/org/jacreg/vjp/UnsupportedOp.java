package org.jacreg.vjp;

/**
 * An op through which no derivative is known.
 *
 * @param opName the op's kind, as ND4J names it
 * @param variable the op's first output variable
 * @param inputIndex the input through which the derivative would run
 * @param inputVariable the name of that input
 * @param reason why there is no rule
 */
public record UnsupportedOp(String opName, String variable, int inputIndex, String inputVariable, String reason) {

    @Override
    public String toString() {
        return "op '" + opName + "' computing '" + variable + "', input " + inputIndex + " ('" + inputVariable + "'): "
                + reason;
    }
}
