package org.jacreg.bounds.network;

/** Refuses numbers that are not finite. */
final class Finite {

    private Finite() {}

    static void require(String layer, String what, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i]) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("layer '" + layer + "', " + what + ": got " + values[i]
                        + " at index " + i + ", wanted finite numbers; did training diverge?");
            }
        }
    }
}
