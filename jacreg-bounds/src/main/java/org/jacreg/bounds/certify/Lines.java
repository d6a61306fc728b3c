package org.jacreg.bounds.certify;

import org.jacreg.bounds.network.ActivationFunction;
import org.jspecify.annotations.Nullable;

/** Two lines for every number of an activation: {@code a_l x + b_l <= phi(x) <= a_u x + b_u} between the number's bounds. */
final class Lines {

    private final double[] lowerSlope;
    private final double[] lowerIntercept;
    private final double[] upperSlope;
    private final double[] upperIntercept;
    private final boolean[] free;

    Lines(int numbers) {
        lowerSlope = new double[numbers];
        lowerIntercept = new double[numbers];
        upperSlope = new double[numbers];
        upperIntercept = new double[numbers];
        free = new boolean[numbers];
    }

    void set(int i, double lower, double upper) {
        lowerSlope[i] = lower;
        upperSlope[i] = upper;
    }

    /** Sets both lines as they are. */
    void set(int i, double belowSlope, double belowIntercept, double aboveSlope, double aboveIntercept) {
        set(i, belowSlope, aboveSlope);
        lowerIntercept[i] = belowIntercept;
        upperIntercept[i] = aboveIntercept;
    }

    /** Makes the lines sound. */
    void fit(ActivationShape shape, int i, double l, double u) {
        if (shape.exact() && shape.straight(l, u)) {
            // the function is constant or the identity there, and no number is computed
            double slope = lowerSlope[i];
            double intercept = slope == 0 ? shape.function().value(l) : 0;
            if (slope * l + intercept == shape.function().value(l)
                    && slope * u + intercept == shape.function().value(u)) {
                lowerIntercept[i] = intercept;
                upperIntercept[i] = intercept;
                return;
            }
        }
        lowerIntercept[i] = shape.minimum(lowerSlope[i], l, u);
        upperIntercept[i] = shape.maximum(upperSlope[i], l, u);
        free[i] = shape.function().kind() == ActivationFunction.Kind.RELU;
    }

    /** Whether every line through 0 with a slope in [0, 1] is below the function. */
    boolean isFree(int i) {
        return free[i];
    }

    double lowerSlopeOf(int i) {
        return lowerSlope[i];
    }

    double largestSlope(int i) {
        return Math.max(free[i] ? 1 : 0, Math.max(Math.abs(lowerSlope[i]), Math.abs(upperSlope[i])));
    }

    double largestIntercept(int i) {
        return Math.max(Math.abs(lowerIntercept[i]), Math.abs(upperIntercept[i]));
    }

    double lowerAt(int i, double x) {
        return lowerSlope[i] * x + lowerIntercept[i];
    }

    double upperAt(int i, double x) {
        return upperSlope[i] * x + upperIntercept[i];
    }

    /**
     * Turns coefficients of the activation's values into those of its arguments, in place.
     *
     * @param slopes lower slopes of the free numbers for every row, or null for those of the lines
     */
    void apply(Functionals functionals, double[] coefficients, int size, double @Nullable [] slopes) {
        MatrixProducts.forRows(functionals.rows, size, r -> {
            int at = functionals.sample[r] * size;
            double sum = 0;
            for (int i = 0; i < size; i++) {
                // without branches on signs, which are random
                double c = coefficients[r * size + i];
                double up = Math.max(c, 0);
                double down = Math.min(c, 0);
                double slope = slopes != null && free[at + i] ? slopes[r * size + i] : lowerSlope[at + i];
                double intercept = slopes != null && free[at + i] ? 0 : lowerIntercept[at + i];
                coefficients[r * size + i] = up * slope + down * upperSlope[at + i];
                sum += up * intercept + down * upperIntercept[at + i];
            }
            functionals.addConstant(r, sum);
        });
    }

    /** The value of the line that {@link #apply} used for one number of one row. */
    double follow(int i, double coefficient, double slope, double x) {
        if (coefficient > 0) {
            return free[i] ? slope * x : lowerAt(i, x);
        }
        return upperAt(i, x);
    }
}
