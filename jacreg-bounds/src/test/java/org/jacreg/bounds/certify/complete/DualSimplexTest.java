package org.jacreg.bounds.certify.complete;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.math3.optim.MaxIter;
import org.apache.commons.math3.optim.linear.LinearConstraint;
import org.apache.commons.math3.optim.linear.LinearConstraintSet;
import org.apache.commons.math3.optim.linear.LinearObjectiveFunction;
import org.apache.commons.math3.optim.linear.NoFeasibleSolutionException;
import org.apache.commons.math3.optim.linear.NonNegativeConstraint;
import org.apache.commons.math3.optim.linear.Relationship;
import org.apache.commons.math3.optim.linear.SimplexSolver;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;

/** Against the simplex method of Commons Math. */
class DualSimplexTest {

    private static final double TOLERANCE = 1e-6;

    private final List<double[]> rows = new ArrayList<>();
    private double[] constants = new double[0];
    private double[] cost = new double[0];
    private double[] low = new double[0];
    private double[] high = new double[0];

    private void draw(Random random) {
        int variables = 1 + random.nextInt(9);
        int constraints = random.nextInt(7);
        rows.clear();
        low = random.doubles(variables, -2, 1).toArray();
        high = new double[variables];
        cost = new double[variables];
        for (int k = 0; k < variables; k++) {
            // some variables cannot move, some cost nothing
            high[k] = random.nextInt(6) == 0 ? low[k] : low[k] + 2 * random.nextDouble();
            cost[k] = random.nextInt(6) == 0 ? 0 : random.nextGaussian();
        }
        for (int r = 0; r < constraints; r++) {
            rows.add(random.doubles(variables, -1, 1)
                    .map(v -> Math.abs(v) < 0.2 ? 0 : v)
                    .toArray());
        }
        // feasible more often than not
        constants = random.doubles(constraints, -1.5, 1).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    /** The least value, infinite if nothing is feasible. */
    private double expected() {
        List<LinearConstraint> constraints = new ArrayList<>();
        for (int k = 0; k < cost.length; k++) {
            double[] unit = new double[cost.length];
            unit[k] = 1;
            constraints.add(new LinearConstraint(unit, Relationship.GEQ, low[k]));
            constraints.add(new LinearConstraint(unit, Relationship.LEQ, high[k]));
        }
        for (int r = 0; r < constants.length; r++) {
            constraints.add(new LinearConstraint(rows.get(r), Relationship.LEQ, -constants[r]));
        }
        try {
            return new SimplexSolver()
                    .optimize(
                            new MaxIter(10_000),
                            new LinearObjectiveFunction(cost, 0.5),
                            new LinearConstraintSet(constraints),
                            GoalType.MINIMIZE,
                            new NonNegativeConstraint(false))
                    .getValue();
        } catch (NoFeasibleSolutionException e) {
            return Double.POSITIVE_INFINITY;
        }
    }

    private DualSimplex solved() {
        double[][] copies = rows.stream().map(double[]::clone).toArray(double[][]::new);
        DualSimplex simplex = new DualSimplex(cost.clone(), 0.5, low, high, copies, constants);
        simplex.run(Double.POSITIVE_INFINITY, 1000);
        return simplex;
    }

    /** {@code min over the box of factor (cost . v + 0.5) + sum lambda_r g_r(v)}. */
    private double proved(double factor, double[] lambda) {
        double[] slope = Arrays.stream(cost).map(c -> factor * c).toArray();
        double value = factor * 0.5 + dot(lambda, constants);
        for (int r = 0; r < lambda.length; r++) {
            assertThat(lambda[r]).isNotNegative();
            for (int k = 0; k < slope.length; k++) {
                slope[k] += lambda[r] * rows.get(r)[k];
            }
        }
        for (int k = 0; k < slope.length; k++) {
            value += slope[k] * (slope[k] > 0 ? low[k] : high[k]);
        }
        return value;
    }

    @Property(tries = 2000, seed = "50")
    void agreesWithCommonsMath(@ForAll long seed) {
        draw(new Random(seed));
        double expected = expected();
        DualSimplex simplex = solved();
        if (expected == Double.POSITIVE_INFINITY) {
            assertThat(simplex.ray()).hasSize(constants.length);
            assertThat(proved(0, simplex.ray())).isPositive();
            return;
        }
        assertThat(simplex.value()).isBetween(expected - TOLERANCE, expected + TOLERANCE);
        assertThat(proved(1, simplex.multipliers())).isBetween(expected - TOLERANCE, expected + TOLERANCE);
        double[] point = simplex.point();
        assertThat(dot(cost, point) + 0.5).isBetween(expected - TOLERANCE, expected + TOLERANCE);
        for (int r = 0; r < constants.length; r++) {
            double g = dot(rows.get(r), point) + constants[r];
            assertThat(g).isLessThan(TOLERANCE);
            assertThat(simplex.slack()[r]).isBetween(-g - TOLERANCE, -g + TOLERANCE);
        }
    }

    /** Wherever it is stopped, its multipliers prove its value. */
    @Property(tries = 300, seed = "51")
    void theValueHoldsAtAnyTime(@ForAll long seed) {
        Random random = new Random(seed);
        draw(random);
        DualSimplex simplex = new DualSimplex(
                cost.clone(), 0.5, low, high, rows.stream().map(double[]::clone).toArray(double[][]::new), constants);
        double before = simplex.value();
        for (int step = 0; step < 5; step++) {
            simplex.run(Double.POSITIVE_INFINITY, 1);
            if (simplex.ray().length > 0) {
                return;
            }
            assertThat(simplex.value()).isGreaterThan(before - 1e-9);
            assertThat(proved(1, simplex.multipliers()))
                    .isBetween(simplex.value() - TOLERANCE, simplex.value() + TOLERANCE);
            before = simplex.value();
        }
    }
}
