package org.jacreg.bounds.certify;

/** Two lines for every number of an activation: {@code a_l x + b_l <= phi(x) <= a_u x + b_u} between the number's bounds. */
final class Lines {

    private final double[] lowerSlope;
    private final double[] lowerIntercept;
    private final double[] upperSlope;
    private final double[] upperIntercept;

    Lines(int numbers) {
        lowerSlope = new double[numbers];
        lowerIntercept = new double[numbers];
        upperSlope = new double[numbers];
        upperIntercept = new double[numbers];
    }

    void set(int i, double lower, double upper) {
        lowerSlope[i] = lower;
        upperSlope[i] = upper;
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
    }

    double largestSlope(int i) {
        return Math.max(Math.abs(lowerSlope[i]), Math.abs(upperSlope[i]));
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

    /** Turns coefficients of the activation's values into those of its arguments, in place. */
    void apply(Functionals functionals, double[] coefficients, int size) {
        MatrixProducts.forRows(functionals.rows, size, r -> {
            int at = functionals.sample[r] * size;
            double sum = 0;
            for (int i = 0; i < size; i++) {
                double c = coefficients[r * size + i];
                if (c > 0) {
                    coefficients[r * size + i] = c * lowerSlope[at + i];
                    sum += c * lowerIntercept[at + i];
                } else if (c < 0) {
                    coefficients[r * size + i] = c * upperSlope[at + i];
                    sum += c * upperIntercept[at + i];
                }
            }
            functionals.addConstant(r, sum);
        });
    }
}
