package org.jacreg.bounds.certify;

import org.jacreg.bounds.network.ActivationFunction;

/**
 * Straight lines below and above an activation function on an interval. Slopes may be chosen in any way; intercepts are then sound by
 * {@link ActivationShape}.
 */
final class Line {

    private static final int BISECTIONS = 16;

    private final ActivationShape shape;
    private final boolean parallel;

    /** Chooses lines for a function; with {@code parallel}, the lower line of one made of straight pieces is parallel to the chord. */
    Line(ActivationShape shape, boolean parallel) {
        this.shape = shape;
        this.parallel = parallel && shape.piecewiseLinear();
    }

    /** The slope of a line below the function on [l, u], {@code l <= u}, that is as high as possible at the middle. */
    double lowerSlope(double l, double u) {
        return parallel ? chord(l, u) : bestSlope(l, u, 1);
    }

    /** The slope of a line above it that is as low as possible at the middle. */
    double upperSlope(double l, double u) {
        return bestSlope(l, u, -1);
    }

    private double chord(double l, double u) {
        ActivationFunction f = shape.function();
        double slope = (f.value(u) - f.value(l)) / (u - l);
        return Math.abs(slope) < Double.POSITIVE_INFINITY ? slope : f.derivative(l / 2 + u / 2);
    }

    private double bestSlope(double l, double u, int sign) {
        ActivationFunction f = shape.function();
        double middle = l / 2 + u / 2;
        if (l == u || shape.straight(l, u)) {
            return f.derivative(middle);
        }
        double best = chord(l, u);
        double height = heightAtMiddle(best, l, u, sign);
        for (double slope : candidates(l, u, sign)) {
            double other = heightAtMiddle(slope, l, u, sign);
            if (other > height) {
                best = slope;
                height = other;
            }
        }
        return best;
    }

    /** Some slopes worth a try; NaN is tried in vain. */
    private double[] candidates(double l, double u, int sign) {
        ActivationFunction f = shape.function();
        int kinks = shape.kinks();
        double[] slopes = new double[4 + 2 * kinks];
        slopes[0] = f.derivative(l);
        slopes[1] = f.derivative(l / 2 + u / 2);
        slopes[2] = f.derivative(u);
        slopes[3] = tangentThroughEnd(l, u, sign);
        for (int k = 0; k < kinks; k++) {
            double x = shape.kink(k);
            boolean inside = l < x && x < u;
            slopes[4 + 2 * k] = inside ? (f.value(x) - f.value(l)) / (x - l) : Double.NaN;
            slopes[5 + 2 * k] = inside ? (f.value(u) - f.value(x)) / (u - x) : Double.NaN;
        }
        return slopes;
    }

    /** How high the tightest line of a slope is at the middle, for lines below; minus that for lines above. */
    private double heightAtMiddle(double slope, double l, double u, int sign) {
        double middle = slope * (l / 2 + u / 2);
        return sign > 0 ? shape.minimum(slope, l, u) + middle : -shape.maximum(slope, l, u) - middle;
    }

    /**
     * The slope of the line through one end that touches a sigmoidal function on the other side of 0: from the left end for a line above,
     * from the right end for one below.
     */
    private double tangentThroughEnd(double l, double u, int sign) {
        if (!shape.sigmoidal() || l >= 0 || u <= 0) {
            return Double.NaN;
        }
        ActivationFunction f = shape.function();
        double end = sign < 0 ? l : u;
        double near = 0;
        double far = sign < 0 ? u : l;
        double value = f.value(end);
        for (int i = 0; i < BISECTIONS; i++) {
            double t = (near + far) / 2;
            boolean steeper = f.derivative(t) > (f.value(t) - value) / (t - end);
            near = steeper ? t : near;
            far = steeper ? far : t;
        }
        return f.derivative(far);
    }
}
