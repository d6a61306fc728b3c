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

    /**
     * Lines for all numbers of a node.
     *
     * @param bounds of g, row after row
     * @param range of the factors, sample after sample: lower ends, then upper ones
     * @param sample the sample of every row
     */
    static Lines lines(NodeBounds bounds, double[][] range, int[] sample, boolean chords) {
        Lines lines = new Lines(bounds.lower.length);
        int size = bounds.size;
        for (int at = 0; at < bounds.lower.length; at++) {
            int unit = sample[at / size] * size + at % size;
            double a = range[0][unit];
            double b = range[1][unit];
            double l = bounds.lower[at];
            double u = bounds.upper[at];
            double below = slopeBelow(a, b, l, u, chords);
            double above = slopeBelow(-b, -a, l, u, chords);
            double intercept = interceptBelow(below, a, b, l, u);
            lines.set(at, below, intercept, -above, -interceptBelow(above, -b, -a, l, u));
        }
        return lines;
    }
}
