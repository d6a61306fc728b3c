package org.jacreg.bounds.certify;

/**
 * Lines for the product {@code D g} of a number g between l and u with a factor D between a and b, both free.
 *
 * <p>Below it is {@code min(a g, b g)}: one line where g has one sign; else concave, with the chord from {@code (l, b l)} to {@code (u, a u)}
 * as its lower hull. A line above is minus one below {@code (-D) g}.
 */
final class Gate {

    /** An end this near to 0, relative to the other one, may be 0 but for rounding. */
    private static final double NEARLY = 1e-10;

    private Gate() {}

    /** The slope of a line below; with {@code chords} false a constant where the sign of g is open. */
    static double slopeBelow(double a, double b, double l, double u, boolean chords) {
        if (a == b || l >= 0) {
            return a;
        }
        if (u <= 0) {
            return b;
        }
        boolean nearlyOneSign = Math.min(-l, u) <= NEARLY * Math.max(-l, u);
        return chords || nearlyOneSign ? (a * u - b * l) / (u - l) : 0;
    }

    /** Its intercept, to a few roundings of {@code max(|a|, |b|) max(|l|, |u|)}. */
    static double interceptBelow(double slope, double a, double b, double l, double u) {
        boolean straight = a == b || l >= 0 || u <= 0;
        return straight ? 0 : Math.min((b - slope) * l, (a - slope) * u);
    }

    /** Whether bounds of g that are closer together would give other lines. */
    static boolean open(double a, double b, double l, double u) {
        return a < b && l < 0 && 0 < u;
    }
}
