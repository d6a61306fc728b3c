package org.jacreg.runtime;

/** A graph that cannot be compiled into a static schedule; the message says which op is in the way, and why. */
public final class UncompilableGraphException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message which op of which variable cannot be compiled, why, and what runs the graph instead
     */
    public UncompilableGraphException(String message) {
        super(message);
    }
}
