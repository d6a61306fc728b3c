package org.jacreg.bounds.network;

/** What is said where two layers cannot be compared. */
final class Mismatch {

    private Mismatch() {}

    static IllegalArgumentException of(LinearLayer one, LinearLayer other) {
        return new IllegalArgumentException("layer '" + other.name() + "' ("
                + other.getClass().getSimpleName() + ", " + other.inputs() + " to " + other.outputs()
                + ") cannot be compared with layer '" + one.name() + "' ("
                + one.getClass().getSimpleName() + ", " + one.inputs() + " to " + one.outputs()
                + "): wanted the same kind and shape, of two networks with the same structure");
    }
}
