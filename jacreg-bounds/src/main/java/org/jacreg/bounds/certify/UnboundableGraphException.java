package org.jacreg.bounds.certify;

import java.util.List;

/** Says of a graph everything for which no bounds are known. There is no certificate for such a graph. */
public final class UnboundableGraphException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> obstacles;

    UnboundableGraphException(List<String> obstacles) {
        super("no bounds are known for this graph, so nothing can be certified:\n  " + String.join("\n  ", obstacles));
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
