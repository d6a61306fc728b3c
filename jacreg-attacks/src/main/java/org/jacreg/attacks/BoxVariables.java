package org.jacreg.attacks;

import org.jacreg.attacks.threat.Region;

/**
 * A point written in free variables: {@code x = (hi + lo) / 2 + tanh(w) (hi - lo) / 2} for an entry between two bounds, {@code x = clip(w)} for
 * one with a bound missing.
 */
final class BoxVariables {

    /** Keeps points on the faces of the box at finite variables; the factor of the authors' code. */
    private static final double INSIDE = 0.999999;

    private final Region region;

    BoxVariables(Region region) {
        this.region = region;
    }

    /** The variables of a sample itself, but for being drawn a little inside. */
    double[] start(int row) {
        double[] variables = region.center(row).clone();
        for (int j = 0; j < variables.length; j++) {
            if (isBounded(row, j)) {
                double share = (variables[j] - middle(row, j)) / half(row, j);
                double inside = INSIDE * share;
                variables[j] = Math.log((1 + inside) / (1 - inside)) / 2;
            }
        }
        return variables;
    }

    void point(int row, double[] variables, double[] point) {
        for (int j = 0; j < point.length; j++) {
            point[j] = isBounded(row, j) ? middle(row, j) + Math.tanh(variables[j]) * half(row, j) : variables[j];
        }
        region.clip(row, point);
    }

    /** Turns a gradient by the point into one by the variables, in place. */
    void pullBack(int row, double[] variables, double[] gradient) {
        for (int j = 0; j < gradient.length; j++) {
            if (isBounded(row, j)) {
                double tanh = Math.tanh(variables[j]);
                gradient[j] *= half(row, j) * (1 - tanh * tanh);
            } else if (region.lower(row, j) == region.upper(row, j)) {
                gradient[j] = 0;
            }
        }
    }

    private boolean isBounded(int row, int j) {
        double width = region.upper(row, j) - region.lower(row, j);
        return width > 0 && width < Double.POSITIVE_INFINITY;
    }

    private double middle(int row, int j) {
        return region.lower(row, j) / 2 + region.upper(row, j) / 2;
    }

    private double half(int row, int j) {
        return (region.upper(row, j) - region.lower(row, j)) / 2;
    }
}
