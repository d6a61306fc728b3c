package org.jacreg.vjp;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** Thrown before any arithmetic when a graph holds ops through which no derivative is known; lists all of them. */
public final class UnsupportedOpException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<UnsupportedOp> ops;

    /**
     * Names the ops.
     *
     * @param ops all unsupported (op, input) pairs on the path, at least one
     */
    public UnsupportedOpException(List<UnsupportedOp> ops) {
        super(message(ops));
        this.ops = List.copyOf(ops);
    }

    private static String message(List<UnsupportedOp> ops) {
        return "no derivative is known through " + ops.size()
                + " op input(s) between the graph's input and its logits:\n"
                + ops.stream().map(op -> "  - " + op).collect(Collectors.joining("\n"))
                + "\nRegister a rule with VjpRules.standard().with(\""
                + ops.get(0).opName()
                + "\", inputIndex, (context, cotangent) -> ...) and pass it by .rules(...); or do without rules, by an estimate"
                + " from function values: JacobianRegularizer.frobenius(sd).finiteDifference().";
    }

    /**
     * What is unsupported.
     *
     * @return an immutable list, never empty
     */
    public List<UnsupportedOp> ops() {
        return ops;
    }
}
