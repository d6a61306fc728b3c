package org.jacreg.bounds.certify.training;

import java.util.List;

/** Says of a graph everything through which an objective of this package has no bounds to train. Nothing was added to the graph. */
public final class UntrainableGraphException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> obstacles;

    UntrainableGraphException(String objective, List<String> obstacles) {
        super(objective + " has no bounds to train for this graph:\n  " + String.join("\n  ", obstacles));
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
