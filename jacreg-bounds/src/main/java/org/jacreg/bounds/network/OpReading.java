package org.jacreg.bounds.network;

import java.util.List;

/**
 * What {@link OpLayers} makes of an op.
 *
 * @param layers one behind another; empty also where the op is refused
 * @param obstacle why the op is no layer; empty where it is
 */
public record OpReading(List<Layer> layers, String obstacle) {

    /**
     * Copies the list.
     *
     * @param layers one behind another
     * @param obstacle why the op is no layer
     */
    public OpReading {
        layers = List.copyOf(layers);
    }

    static OpReading refused(String reason) {
        return new OpReading(List.of(), reason);
    }

    /**
     * Whether the op was read.
     *
     * @return false if there is an obstacle
     */
    public boolean readable() {
        return obstacle.isEmpty();
    }
}
