package org.jacreg.runtime;

import java.util.List;

/** The ND4J backend computes ops wrongly that a graph uses. */
public final class FaultyBackendException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> ops;

    FaultyBackendException(String message, List<String> ops) {
        super(message);
        this.ops = List.copyOf(ops);
    }

    /**
     * The ops.
     *
     * @return their kinds, as ND4J names them
     */
    public List<String> ops() {
        return ops;
    }
}
