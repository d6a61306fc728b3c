package org.jacreg.bounds.certify.complete;

import java.util.Arrays;

/**
 * The least value of a linear function over the part of a box where other affine functions are not positive, by the dual simplex method
 * for bounded variables with the long-step rule.
 *
 * <p>The corner of the box where the function is least solves the problem without constraints and is where the method starts; every step
 * takes one violated bound out. So there is no first phase, and the value only grows: it is a bound from below at any time (up to
 * rounding, which is not accounted for here: whoever uses multipliers computes what they prove).
 *
 * <p>The tableau is kept as a whole, one row for every constraint: made for few constraints and many variables. Single use.
 *
 * <p>Source: Koberstein (2005), "The dual simplex method, techniques for a fast and stable implementation", chapters 3.1 and 6.2.
 */
final class DualSimplex {

    private static final double FEASIBLE = 1e-9;
    private static final double PIVOT = 1e-9;

    private final int variables;

    /** Row r: what a unit of every nonbasic variable adds to the r-th basic one. */
    private final double[][] tableau;

    /** What a unit of every nonbasic variable adds to the function. */
    private final double[] cost;

    /** Variables are numbered; from {@code variables} on they are the distances of constraints from 0. */
    private final int[] nonbasic;

    private final int[] basic;
    private final double[] low;
    private final double[] high;

    /** The present value of every variable. */
    private final double[] at;

    private double value;
    private double[] ray = new double[0];

    /**
     * Prepares.
     *
     * @param cost the function's coefficients; used up
     * @param constant what it is at the origin
     * @param low lower bounds of the variables, finite
     * @param high upper bounds of the variables, finite
     * @param rows coefficients of the constraints; used up
     * @param constants what the constraints are at the origin
     */
    DualSimplex(double[] cost, double constant, double[] low, double[] high, double[][] rows, double[] constants) {
        this.cost = cost;
        this.tableau = rows;
        this.variables = cost.length;
        this.low = Arrays.copyOf(low, variables + rows.length);
        this.high = Arrays.copyOf(high, variables + rows.length);
        Arrays.fill(this.high, variables, variables + rows.length, Double.POSITIVE_INFINITY);
        at = new double[variables + rows.length];
        nonbasic = new int[variables];
        basic = new int[rows.length];
        value = constant;
        for (int j = 0; j < variables; j++) {
            nonbasic[j] = j;
            at[j] = cost[j] > 0 ? low[j] : high[j];
            value += cost[j] * at[j];
        }
        for (int r = 0; r < rows.length; r++) {
            basic[r] = variables + r;
            double slack = -constants[r];
            for (int j = 0; j < variables; j++) {
                rows[r][j] = -rows[r][j];
                slack += rows[r][j] * at[j];
            }
            at[variables + r] = slack;
        }
    }

    /**
     * Solves.
     *
     * @param enough a value at which it may stop
     * @param steps the most steps
     */
    void run(double enough, int steps) {
        for (int step = 0; step < steps && value < enough; step++) {
            int row = worstRow();
            if (row < 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            int column = flipUntil(row);
            if (column < 0) {
                return;
            }
            pivot(row, column);
        }
    }

    /** The basic variable that is farthest out of its bounds, in units of what moves it; -1 if none is out. */
    private int worstRow() {
        int worst = -1;
        double most = 0;
        for (int r = 0; r < basic.length; r++) {
            double out = Math.max(low[basic[r]] - at[basic[r]], at[basic[r]] - high[basic[r]]);
            if (out > FEASIBLE) {
                double norm = 1;
                for (double t : tableau[r]) {
                    norm += t * t;
                }
                double score = out * out / norm;
                if (score > most) {
                    most = score;
                    worst = r;
                }
            }
        }
        return worst;
    }

    /**
     * Moves nonbasic variables to their other bounds, the cheapest first, as long as that does not mend the row; the column of the one
     * that mends it, or -1 if none does: then nothing is feasible.
     */
    private int flipUntil(int row) {
        double[] t = tableau[row];
        int leaving = basic[row];
        double up = at[leaving] < low[leaving] ? 1 : -1;
        double missing = up > 0 ? low[leaving] - at[leaving] : at[leaving] - high[leaving];
        int count = 0;
        double[] keys = new double[variables];
        int[] columns = new int[variables];
        for (int j = 0; j < variables; j++) {
            int id = nonbasic[j];
            boolean helps = at[id] == low[id] ? up * t[j] > PIVOT : up * t[j] < -PIVOT;
            if (helps && high[id] > low[id]) {
                keys[count] = Math.abs(cost[j] / t[j]);
                columns[count++] = j;
            }
        }
        Order order = new Order(keys, columns, count);
        for (int k = 0; k < count; k++) {
            int j = order.next();
            int id = nonbasic[j];
            double range = high[id] - low[id];
            missing -= Math.abs(t[j]) * range;
            if (!(missing > 0)) {
                return j;
            }
            flip(j, at[id] == low[id] ? high[id] : low[id]);
        }
        ray = rayOf(row, up);
        return -1;
    }

    private void flip(int column, double to) {
        int id = nonbasic[column];
        double change = to - at[id];
        for (int r = 0; r < basic.length; r++) {
            at[basic[r]] += tableau[r][column] * change;
        }
        value += cost[column] * change;
        at[id] = to;
    }

    private void pivot(int row, int column) {
        int leaving = basic[row];
        double goal = at[leaving] < low[leaving] ? low[leaving] : high[leaving];
        double[] t = tableau[row];
        double pivot = t[column];
        flip(column, at[nonbasic[column]] + (goal - at[leaving]) / pivot);
        at[leaving] = goal;
        for (int j = 0; j < variables; j++) {
            t[j] /= -pivot;
        }
        t[column] = 1 / pivot;
        for (int r = 0; r < tableau.length; r++) {
            if (r != row) {
                eliminate(tableau[r], t, column);
            }
        }
        eliminate(cost, t, column);
        basic[row] = nonbasic[column];
        nonbasic[column] = leaving;
    }

    private static void eliminate(double[] line, double[] by, int column) {
        double factor = line[column];
        if (factor != 0) {
            line[column] = 0;
            for (int j = 0; j < line.length; j++) {
                line[j] += factor * by[j];
            }
        }
    }

    private double[] rayOf(int row, double up) {
        double[] result = new double[basic.length];
        if (basic[row] >= variables) {
            result[basic[row] - variables] = 1;
        }
        for (int j = 0; j < variables; j++) {
            if (nonbasic[j] >= variables) {
                result[nonbasic[j] - variables] = Math.max(0, -up * tableau[row][j]);
            }
        }
        return result;
    }

    /** The value so far: no feasible point has a smaller one. Means nothing once there is a ray. */
    double value() {
        return value;
    }

    /** Multipliers of the constraints that raise any function as far as one likes if nothing is feasible, else none. */
    double[] ray() {
        return ray.clone();
    }

    /** Multipliers of the constraints that prove the value, nonnegative. */
    double[] multipliers() {
        double[] result = new double[basic.length];
        for (int j = 0; j < variables; j++) {
            if (nonbasic[j] >= variables) {
                result[nonbasic[j] - variables] = Math.max(0, cost[j]);
            }
        }
        return result;
    }

    /** The present point, in the box: where the value is taken, once the method has come to its end. */
    double[] point() {
        double[] result = new double[variables];
        for (int j = 0; j < variables; j++) {
            result[j] = Math.min(high[j], Math.max(low[j], at[j]));
        }
        return result;
    }

    /** How far every constraint is from 0 there; negative where it is violated. */
    double[] slack() {
        return Arrays.copyOfRange(at, variables, at.length);
    }

    /** Columns in the order of their keys, as far as they are asked for: a heap. */
    private static final class Order {

        private final double[] keys;
        private final int[] columns;
        private int count;

        Order(double[] keys, int[] columns, int count) {
            this.keys = keys;
            this.columns = columns;
            this.count = count;
            for (int k = count / 2 - 1; k >= 0; k--) {
                sink(k);
            }
        }

        int next() {
            int first = columns[0];
            count--;
            keys[0] = keys[count];
            columns[0] = columns[count];
            sink(0);
            return first;
        }

        private void sink(int from) {
            int k = from;
            double key = keys[k];
            int column = columns[k];
            for (int child = 2 * k + 1; child < count; child = 2 * k + 1) {
                child += child + 1 < count && keys[child + 1] < keys[child] ? 1 : 0;
                if (keys[child] >= key) {
                    break;
                }
                keys[k] = keys[child];
                columns[k] = columns[child];
                k = child;
            }
            keys[k] = key;
            columns[k] = column;
        }
    }
}
