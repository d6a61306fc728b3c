package org.jacreg.bounds.certify.complete;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.optim.MaxIter;
import org.apache.commons.math3.optim.linear.LinearConstraint;
import org.apache.commons.math3.optim.linear.LinearConstraintSet;
import org.apache.commons.math3.optim.linear.LinearObjectiveFunction;
import org.apache.commons.math3.optim.linear.NonNegativeConstraint;
import org.apache.commons.math3.optim.linear.Relationship;
import org.apache.commons.math3.optim.linear.SimplexSolver;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.jspecify.annotations.Nullable;

/**
 * The least value of an affine function over the part of a box where other affine functions are not positive.
 *
 * <p>For any {@code lambda >= 0} it is at least {@code min_box (f + sum lambda_i g_i)}, which is computed and rounded outward here; the
 * simplex method only proposes lambda. A wrong answer of the solver costs tightness, not soundness.
 */
final class LinearPrograms {

    /** Multipliers are kept below this, so that the dual problem of an empty region is bounded, too. */
    private static final double LARGEST_MULTIPLIER = 1e6;

    private static final MaxIter ITERATIONS = new MaxIter(20_000);

    private final double[] low;
    private final double[] high;
    private final long operations;

    LinearPrograms(double[] low, double[] high, long operations) {
        this.low = low;
        this.high = high;
        this.operations = operations;
    }

    /** A bound from below of f where no g is positive; very large if that is nowhere. */
    double bound(AffineBelow f, List<AffineBelow> g) {
        double best = evaluate(f, g, new double[g.size()]);
        double[] multipliers = g.isEmpty() || best > 0 ? null : multipliers(f, g);
        return multipliers == null ? best : Math.max(best, evaluate(f, g, multipliers));
    }

    private double evaluate(AffineBelow f, List<AffineBelow> g, double[] lambda) {
        double value = f.intercept;
        double magnitude = f.interceptMagnitude;
        for (int i = 0; i < lambda.length; i++) {
            value += lambda[i] * g.get(i).intercept;
            magnitude += lambda[i] * g.get(i).interceptMagnitude;
        }
        for (int k = 0; k < low.length; k++) {
            double slope = f.slope[k];
            double size = f.slopeMagnitude[k];
            for (int i = 0; i < lambda.length; i++) {
                slope += lambda[i] * g.get(i).slope[k];
                size += lambda[i] * g.get(i).slopeMagnitude[k];
            }
            value += slope * (slope > 0 ? low[k] : high[k]);
            magnitude += size * Math.max(Math.abs(low[k]), Math.abs(high[k]));
        }
        double steps = operations + 2.0 * lambda.length + 2.0 * low.length + 64;
        return value - steps * 0x1p-51 * magnitude - 0x1p-900;
    }

    /** Maximises {@code p low - q high + lambda h} subject to {@code p - q - G^T lambda = a}. */
    private double @Nullable [] multipliers(AffineBelow f, List<AffineBelow> g) {
        int m = g.size();
        int d = low.length;
        double[] objective = new double[m + 2 * d];
        List<LinearConstraint> constraints = new ArrayList<>();
        for (int i = 0; i < m; i++) {
            objective[i] = g.get(i).intercept;
            double[] unit = new double[objective.length];
            unit[i] = 1;
            constraints.add(new LinearConstraint(unit, Relationship.LEQ, LARGEST_MULTIPLIER));
        }
        for (int k = 0; k < d; k++) {
            objective[m + k] = low[k];
            objective[m + d + k] = -high[k];
            double[] row = new double[objective.length];
            for (int i = 0; i < m; i++) {
                row[i] = -g.get(i).slope[k];
            }
            row[m + k] = 1;
            row[m + d + k] = -1;
            constraints.add(new LinearConstraint(row, Relationship.EQ, f.slope[k]));
        }
        double[] found = solve(new LinearObjectiveFunction(objective, 0), constraints, GoalType.MAXIMIZE);
        if (found == null) {
            return null;
        }
        double[] lambda = new double[m];
        for (int i = 0; i < m; i++) {
            lambda[i] = found[i] > 0 ? Math.min(found[i], LARGEST_MULTIPLIER) : 0;
        }
        return lambda;
    }

    /** A point of the box where f is about least and no g is positive by much, or null. */
    double @Nullable [] minimiser(AffineBelow f, List<AffineBelow> g) {
        List<LinearConstraint> constraints = new ArrayList<>();
        int d = low.length;
        // in distances from the lower corner, which are nonnegative
        for (int k = 0; k < d; k++) {
            double[] unit = new double[d];
            unit[k] = 1;
            constraints.add(new LinearConstraint(unit, Relationship.LEQ, high[k] - low[k]));
        }
        for (AffineBelow one : g) {
            double atCorner = one.intercept;
            for (int k = 0; k < d; k++) {
                atCorner += one.slope[k] * low[k];
            }
            constraints.add(new LinearConstraint(one.slope, Relationship.LEQ, -atCorner));
        }
        double[] steps = solve(new LinearObjectiveFunction(f.slope, 0), constraints, GoalType.MINIMIZE);
        return steps == null ? null : inBox(steps);
    }

    private double[] inBox(double[] steps) {
        double[] point = new double[low.length];
        for (int k = 0; k < point.length; k++) {
            point[k] = Math.min(high[k], Math.max(low[k], low[k] + steps[k]));
        }
        return point;
    }

    /** The corner where an affine function is least. */
    double[] corner(AffineBelow f) {
        double[] point = new double[low.length];
        for (int k = 0; k < point.length; k++) {
            point[k] = f.slope[k] > 0 ? low[k] : high[k];
        }
        return point;
    }

    private static double @Nullable [] solve(
            LinearObjectiveFunction objective, List<LinearConstraint> constraints, GoalType goal) {
        try {
            return new SimplexSolver()
                    .optimize(
                            ITERATIONS,
                            objective,
                            new LinearConstraintSet(constraints),
                            goal,
                            new NonNegativeConstraint(true))
                    .getPoint();
        } catch (MathIllegalStateException infeasibleOrUnbounded) {
            return null;
        }
    }
}
