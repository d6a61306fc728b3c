package org.jacreg.bounds.certify.complete;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least value of a functional of the logits over a box where the rectifiers obey the decisions on their states, as a linear program:
 * the output z of an open rectifier is a variable of its own in [0, u], at least its argument, and below the line through both ends.
 *
 * <p>The program's answer is used twice: its multipliers for a bound that {@link AffineBelow} computes, its point to look for a
 * counterexample and for the rectifier to decide next. If no rectifier is open, the program is exact. Single use.
 */
final class Relaxation {

    /** Steps for each constraint: far more than are ever needed. */
    private static final int STEPS = 50;

    private final DenseRectifiers net;
    private final Intervals bounds;
    private final double[] low;
    private final double[] high;
    private final double[] functional;

    /** The variable of every open rectifier, -1 for the others. */
    private final int[][] variable;

    private final List<Row> rows = new ArrayList<>();
    private final Multipliers multipliers;
    private final double[] point;
    private final double[] slack;
    private double bound;

    /** What a constraint is about. */
    private enum Kind {
        LOWER,
        UPPER,
        DECIDED
    }

    /** {@code coefficients . variables + constant <= 0}. */
    private static final class Row {

        final Kind kind;
        final int layer;
        final int unit;
        final double[] coefficients;
        final double constant;

        Row(Kind kind, int layer, int unit, double[] a, double factor, double more) {
            this.kind = kind;
            this.layer = layer;
            this.unit = unit;
            coefficients = new double[a.length - 1];
            for (int k = 0; k < coefficients.length; k++) {
                coefficients[k] = factor * a[k];
            }
            constant = factor * a[a.length - 1] + more;
        }
    }

    Relaxation(DenseRectifiers net, Intervals bounds, double[] low, double[] high, double[] functional) {
        this.net = net;
        this.bounds = bounds;
        this.low = low;
        this.high = high;
        this.functional = functional;
        this.multipliers = new Multipliers(net);
        this.variable = new int[net.hidden()][];
        int variables = low.length;
        for (int l = 0; l < variable.length; l++) {
            variable[l] = new int[net.weights[l].length];
            for (int i = 0; i < variable[l].length; i++) {
                variable[l][i] = bounds.open(l, i) ? variables++ : -1;
            }
        }
        double[][] top = arguments(variables);
        double[] cost = new double[variables + 1];
        for (int c = 0; c < functional.length; c++) {
            add(cost, functional[c], top[c]);
        }
        DualSimplex simplex = simplex(cost, variables);
        simplex.run(enough(cost), STEPS * (rows.size() + 10));
        point = simplex.point();
        slack = simplex.slack();
        bound(simplex);
    }

    /** A value that is surely positive after rounding, too. */
    private static double enough(double[] cost) {
        double sum = 0;
        for (double c : cost) {
            sum += Math.abs(c);
        }
        return 1e-6 * sum;
    }

    /** The logits as functions of the variables; the constant last. Collects the constraints on the way. */
    private double[][] arguments(int variables) {
        double @Nullable [][] outputs = null;
        double[][] result = new double[0][];
        for (int l = 0; l < net.weights.length; l++) {
            result = new double[net.weights[l].length][];
            for (int i = 0; i < result.length; i++) {
                double[] a =
                        outputs == null ? Arrays.copyOf(net.weights[l][i], variables + 1) : new double[variables + 1];
                for (int k = 0; outputs != null && k < outputs.length; k++) {
                    add(a, net.weights[l][i][k], outputs[k]);
                }
                a[variables] += net.biases[l][i];
                result[i] = a;
            }
            if (l < net.hidden()) {
                outputs = outputs(l, result, variables);
            }
        }
        return result;
    }

    private double[][] outputs(int l, double[][] arguments, int variables) {
        double[][] result = new double[arguments.length][variables + 1];
        for (int i = 0; i < result.length; i++) {
            if (variable[l][i] >= 0) {
                result[i][variable[l][i]] = 1;
                constrain(l, i, arguments[i]);
            } else {
                boolean active = bounds.lower[l][i] >= 0;
                if (bounds.state(l, i) != 0) {
                    rows.add(new Row(Kind.DECIDED, l, i, arguments[i], active ? -1 : 1, 0));
                }
                result[i] = active ? arguments[i] : result[i];
            }
        }
        return result;
    }

    private void constrain(int l, int i, double[] a) {
        Row least = new Row(Kind.LOWER, l, i, a, 1, 0);
        least.coefficients[variable[l][i]] -= 1;
        rows.add(least);
        double chord = AffineBelow.chord(bounds.lower[l][i], bounds.upper[l][i]);
        Row most = new Row(Kind.UPPER, l, i, a, -chord, chord * bounds.lower[l][i]);
        most.coefficients[variable[l][i]] += 1;
        rows.add(most);
    }

    private static void add(double[] sum, double factor, double[] row) {
        for (int k = 0; k < sum.length && factor != 0; k++) {
            sum[k] += factor * row[k];
        }
    }

    private DualSimplex simplex(double[] cost, int variables) {
        double[] from = Arrays.copyOf(low, variables);
        double[] to = Arrays.copyOf(high, variables);
        for (int l = 0; l < variable.length; l++) {
            for (int i = 0; i < variable[l].length; i++) {
                if (variable[l][i] >= 0) {
                    to[variable[l][i]] = bounds.upper[l][i];
                }
            }
        }
        return new DualSimplex(
                Arrays.copyOf(cost, variables),
                cost[variables],
                from,
                to,
                rows.stream().map(row -> row.coefficients).toArray(double[][]::new),
                rows.stream().mapToDouble(row -> row.constant).toArray());
    }

    private void bound(DualSimplex simplex) {
        double[] found = simplex.multipliers();
        double[] ray = simplex.ray();
        // nothing is feasible: any multiple of the ray may be added, and a large one proves it
        double[] factors = ray.length == 0 ? new double[] {0} : new double[] {1, 1e3, 1e6, 1e9};
        bound = Double.NEGATIVE_INFINITY;
        for (double factor : factors) {
            for (int r = 0; r < found.length; r++) {
                Row row = rows.get(r);
                double[][] kind = switch (row.kind) {
                    case LOWER -> multipliers.lower;
                    case UPPER -> multipliers.upper;
                    case DECIDED -> multipliers.decided;
                };
                kind[row.layer][row.unit] = found[r] + (factor == 0 ? 0 : factor * ray[r]);
            }
            double least = new AffineBelow(net, bounds, net.hidden(), functional, multipliers).least(low, high);
            bound = least > bound ? least : bound;
            if (bound > 0) {
                return;
            }
        }
    }

    /** A proved bound from below. */
    double bound() {
        return bound;
    }

    /** The multipliers that prove it; not copied. */
    Multipliers multipliers() {
        return multipliers;
    }

    /** The point of the box where the program has its value. */
    double[] point() {
        return Arrays.copyOf(point, low.length);
    }

    /** The open rectifier whose upper line gains most at the program's point, as layer and unit; null if none is open. */
    int @Nullable [] split() {
        int[] best = null;
        double most = -1;
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            if (row.kind == Kind.LOWER) {
                double above = Math.max(0, Math.min(point[variable[row.layer][row.unit]], slack[r]));
                double score = above * (multipliers.upper[row.layer][row.unit] + 1e-6);
                if (score > most) {
                    most = score;
                    best = new int[] {row.layer, row.unit};
                }
            }
        }
        return best;
    }

    /** Whether the argument of an open rectifier is positive at the program's point. */
    boolean active(int[] split) {
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            if (row.kind == Kind.LOWER && row.layer == split[0] && row.unit == split[1]) {
                return point[variable[row.layer][row.unit]] > slack[r];
            }
        }
        return false;
    }
}
