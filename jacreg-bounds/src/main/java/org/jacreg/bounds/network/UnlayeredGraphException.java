package org.jacreg.bounds.network;

import java.util.List;

/** Says of a graph everything that keeps it from being a sequence of layers. */
public final class UnlayeredGraphException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> obstacles;

    UnlayeredGraphException(List<String> obstacles) {
        super("the graph from input to logits is no sequence of layers, and the theorems are about such sequences:\n  "
                + String.join("\n  ", obstacles));
        this.obstacles = List.copyOf(obstacles);
    }

    /**
     * What is in the way, one line each.
     *
     * @return at least one line
     */
    public List<String> obstacles() {
        return obstacles;
    }
}
