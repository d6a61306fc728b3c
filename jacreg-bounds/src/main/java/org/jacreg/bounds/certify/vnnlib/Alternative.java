package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conditions of one alternative as functionals in float64: {@code <row, Y> + b <= 0} each, with exact rows and b between {@code low} and
 * {@code high}, which are it rounded down and up. Arrays are not modified.
 */
final class Alternative {

    /** Powers of ten by which a condition may be multiplied to make its coefficients exact. */
    private static final int MOST_DIGITS = 40;

    private final double[][] rows;
    private final double[] low;
    private final double[] high;

    private Alternative(double[][] rows, double[] low, double[] high) {
        this.rows = rows;
        this.low = low;
        this.high = high;
    }

    /** Whether a condition's coefficients have exact values in float64, perhaps after a multiplication by a power of ten. */
    static boolean exact(OutputConstraint constraint) {
        return scale(constraint).isPresent();
    }

    private static Optional<BigDecimal> scale(OutputConstraint constraint) {
        for (int digits = 0; digits <= MOST_DIGITS; digits++) {
            BigDecimal factor = BigDecimal.TEN.pow(digits);
            boolean exact = constraint.coefficients().values().stream().allMatch(a -> isDouble(a.multiply(factor)));
            if (exact) {
                return Optional.of(factor);
            }
        }
        return Optional.empty();
    }

    private static boolean isDouble(BigDecimal value) {
        double d = value.doubleValue();
        return Double.isFinite(d) && new BigDecimal(d).compareTo(value) == 0;
    }

    /** The conditions as functionals; nothing if one of them can never be met. Conditions without outputs are settled here. */
    static Optional<Alternative> of(List<OutputConstraint> conditions, int outputs) {
        List<OutputConstraint> open = new ArrayList<>();
        for (OutputConstraint condition : conditions) {
            if (!condition.coefficients().isEmpty()) {
                open.add(condition);
            } else if (condition.constant().signum() > 0) {
                return Optional.empty();
            }
        }
        double[][] rows = new double[open.size()][outputs];
        double[] low = new double[open.size()];
        double[] high = new double[open.size()];
        for (int r = 0; r < rows.length; r++) {
            OutputConstraint condition = open.get(r);
            BigDecimal scale = scale(condition).orElseThrow();
            for (Map.Entry<Integer, BigDecimal> term : condition.coefficients().entrySet()) {
                rows[r][term.getKey()] = term.getValue().multiply(scale).doubleValue();
            }
            low[r] = Decimals.down(condition.constant().multiply(scale));
            high[r] = Decimals.up(condition.constant().multiply(scale));
        }
        return Optional.of(new Alternative(rows, low, high));
    }

    /** The functionals. */
    double[][] rows() {
        return rows;
    }

    /** {@code b} rounded up. */
    double high(int row) {
        return high[row];
    }

    /** Whether lower bounds of the functionals exclude that all conditions are met. */
    boolean excluded(double[] below) {
        for (int r = 0; r < rows.length; r++) {
            if (Math.nextDown(below[r] + low[r]) > 0) {
                return true;
            }
        }
        return false;
    }

    /** The condition that is furthest from being met; -1 if there are none. */
    int furthest(double[] outputs) {
        int worst = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int r = 0; r < rows.length; r++) {
            double value = high[r];
            double size = Double.MIN_NORMAL;
            for (int j = 0; j < outputs.length; j++) {
                value += rows[r][j] * outputs[j];
                size = Math.max(size, Math.abs(rows[r][j]));
            }
            if (worst < 0 || value / size > most) {
                worst = r;
                most = value / size;
            }
        }
        return worst;
    }
}
