package org.jacreg.bounds.certify.training;

/**
 * When a training gets harder: not at all during the warm-up, then linearly, then no more.
 *
 * @param warmUp steps before it begins, at least 0
 * @param length steps that it takes, at least 0
 */
public record Ramp(int warmUp, int length) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public Ramp {
        if (warmUp < 0 || length < 0) {
            throw new IllegalArgumentException("ramp: got a warm-up of " + warmUp + " steps and a length of " + length
                    + ", wanted numbers of steps, at least 0");
        }
    }

    /**
     * How far it has come.
     *
     * @param iteration steps made before
     * @return 0 during the warm-up, 1 after the ramp
     */
    public double fraction(int iteration) {
        if (iteration < warmUp) {
            return 0;
        }
        return length == 0 ? 1 : Math.min(1, (iteration - (double) warmUp) / length);
    }

    /** From one value to another. */
    double between(double from, double to, int iteration) {
        double f = fraction(iteration);
        return f == 0 ? from : f == 1 ? to : from + f * (to - from);
    }
}
