package org.jacreg.examples.report;

/** Which axes of a plot are logarithmic. */
public enum Axes {
    /** None. */
    LINEAR(false, false),
    /** The vertical one. */
    LOG_Y(false, true),
    /** The horizontal one. */
    LOG_X(true, false),
    /** Both. */
    LOG_LOG(true, true);

    private final boolean x;
    private final boolean y;

    Axes(boolean x, boolean y) {
        this.x = x;
        this.y = y;
    }

    boolean logarithmicX() {
        return x;
    }

    boolean logarithmicY() {
        return y;
    }

    /** Whether a point has a place: its coordinates are finite, and above 0 on a logarithmic axis. */
    boolean hold(double abscissa, double ordinate) {
        return Double.isFinite(abscissa) && Double.isFinite(ordinate) && (!x || abscissa > 0) && (!y || ordinate > 0);
    }
}
