package org.jacreg.runtime;

/**
 * A graph that no static schedule can run: control flow, tensor lists, ops that write into their inputs, or arrays whose shapes
 * depend on values. SameDiff's own session runs it.
 */
public final class UncompilableGraphException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message the ops in the way, and what to do instead
     */
    public UncompilableGraphException(String message) {
        super(message);
    }
}
