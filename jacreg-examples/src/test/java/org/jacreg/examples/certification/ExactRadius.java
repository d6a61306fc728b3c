package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.optim.MaxIter;
import org.apache.commons.math3.optim.linear.LinearConstraint;
import org.apache.commons.math3.optim.linear.LinearConstraintSet;
import org.apache.commons.math3.optim.linear.LinearObjectiveFunction;
import org.apache.commons.math3.optim.linear.NoFeasibleSolutionException;
import org.apache.commons.math3.optim.linear.NonNegativeConstraint;
import org.apache.commons.math3.optim.linear.Relationship;
import org.apache.commons.math3.optim.linear.SimplexSolver;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.LayeredNetwork;

/**
 * The l_inf distance of the nearest error of a tiny dense rectifier network: for every activation pattern and every other class a linear
 * program in (point, distance). The simplex method answers to about 1e-6.
 */
final class ExactRadius {

    private final LayeredNetwork network;
    private final double[] x;
    private final int label;
    private final int hidden;

    ExactRadius(LayeredNetwork network, double[] x, int label) {
        this.network = network;
        this.x = x;
        this.label = label;
        this.hidden = network.linearLayers().size() - 1;
    }

    double value() {
        int units = 0;
        for (int l = 0; l < hidden; l++) {
            units += network.linearLayers().get(l).outputs();
        }
        double least = Double.POSITIVE_INFINITY;
        for (int pattern = 0; pattern < 1 << units; pattern++) {
            least = Math.min(least, nearest(pattern));
        }
        return least;
    }

    /** The nearest error with this pattern; coordinates are the point's, then the distance. */
    private double nearest(int pattern) {
        List<LinearConstraint> constraints = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            double[] row = new double[x.length + 1];
            row[i] = 1;
            row[x.length] = -1;
            constraints.add(new LinearConstraint(row.clone(), Relationship.LEQ, x[i]));
            row[x.length] = 1;
            constraints.add(new LinearConstraint(row.clone(), Relationship.GEQ, x[i]));
        }
        double[][] map = identity();
        int bit = 0;
        for (int l = 0; l <= hidden; l++) {
            map = after((Affine) network.linearLayers().get(l), map);
            for (int i = 0; l < hidden && i < map.length; i++) {
                boolean active = (pattern >> bit++ & 1) == 1;
                constraints.add(constraint(map[i], active ? Relationship.GEQ : Relationship.LEQ));
                map[i] = active ? map[i] : new double[x.length + 1];
            }
        }
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < map.length; j++) {
            if (j != label) {
                double[] margin = new double[x.length + 1];
                for (int i = 0; i <= x.length; i++) {
                    margin[i] = map[label][i] - map[j][i];
                }
                List<LinearConstraint> all = new ArrayList<>(constraints);
                all.add(constraint(margin, Relationship.LEQ));
                least = Math.min(least, solve(all));
            }
        }
        return least;
    }

    /** An affine function, its constant last, against 0. */
    private LinearConstraint constraint(double[] affine, Relationship relationship) {
        double[] slope = Arrays.copyOf(affine, x.length + 1);
        slope[x.length] = 0;
        return new LinearConstraint(slope, relationship, -affine[x.length]);
    }

    private double solve(List<LinearConstraint> constraints) {
        double[] distance = new double[x.length + 1];
        distance[x.length] = 1;
        try {
            return new SimplexSolver()
                    .optimize(
                            new MaxIter(1000),
                            new LinearObjectiveFunction(distance, 0),
                            new LinearConstraintSet(constraints),
                            GoalType.MINIMIZE,
                            new NonNegativeConstraint(false))
                    .getValue();
        } catch (NoFeasibleSolutionException e) {
            return Double.POSITIVE_INFINITY;
        }
    }

    private double[][] identity() {
        double[][] map = new double[x.length][x.length + 1];
        for (int i = 0; i < x.length; i++) {
            map[i][i] = 1;
        }
        return map;
    }

    private static double[][] after(Affine layer, double[][] map) {
        int columns = map[0].length;
        double[][] result = new double[layer.outputs()][columns];
        for (int i = 0; i < result.length; i++) {
            double[] row = layer.row(i);
            for (int c = 0; c < columns; c++) {
                for (int k = 0; k < row.length; k++) {
                    result[i][c] += row[k] * map[k][c];
                }
            }
            result[i][columns - 1] += layer.bias()[i];
        }
        return result;
    }
}
