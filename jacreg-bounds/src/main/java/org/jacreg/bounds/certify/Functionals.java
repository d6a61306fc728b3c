package org.jacreg.bounds.certify;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Linear functionals of the nodes' values that are being carried back to the input. For each row r, at every moment and for every
 * evaluation that {@link Arithmetic} allows,
 *
 * <pre>
 * quantity_r >= sum over nodes k of &lt;coefficients_k,r, values_k> + constant_r - slack_r
 * </pre>
 */
final class Functionals {

    final int rows;

    /** The sample of every row. */
    final int[] sample;

    final double[] constant;
    final double[] slack;

    private final Map<Integer, double[]> coefficients = new HashMap<>();

    private final @Nullable SlopeChoice choice;

    Functionals(int[] sample) {
        this(sample, null);
    }

    /** Functionals with lower slopes of their own. */
    Functionals(int[] sample, @Nullable SlopeChoice choice) {
        this.choice = choice;
        this.rows = sample.length;
        this.sample = sample;
        this.constant = new double[rows];
        this.slack = new double[rows];
    }

    /** The coefficients of a node, [rows, size], which it has no more afterwards; null if there are none. */
    double @Nullable [] take(int node) {
        return coefficients.remove(node);
    }

    /** The lower slopes that are chosen for each row, or null where the lines' own hold. */
    @Nullable
    SlopeChoice choice() {
        return choice;
    }

    /** Adds coefficients to those of a node; takes the array over. */
    void add(int node, double[] more, NodeBounds bounds) {
        double[] there = coefficients.get(node);
        if (there == null) {
            coefficients.put(node, more);
            return;
        }
        int size = bounds.size;
        MatrixProducts.forRows(rows, size, r -> {
            int at = sample[r] * size;
            double lost = 0;
            for (int i = 0; i < size; i++) {
                double sum = there[r * size + i] + more[r * size + i];
                there[r * size + i] = sum;
                lost += Math.abs(sum) * bounds.magnitude(at + i);
            }
            slack[r] += 2 * Rounding.UNIT * lost;
        });
    }

    /** Adds to a constant. */
    void addConstant(int row, double value) {
        constant[row] += value;
        slack[row] += 2 * Rounding.UNIT * Math.abs(constant[row]);
    }

    /** Takes off what the node's own errors can do to a functional of it. */
    void chargeErrors(double[] taken, NodeBounds bounds) {
        int size = bounds.size;
        MatrixProducts.forRows(rows, size, r -> {
            int at = sample[r] * size;
            double lost = MatrixProducts.absoluteDot(taken, r * size, bounds.error, at, size);
            slack[r] += lost + Rounding.TINY;
        });
    }
}
