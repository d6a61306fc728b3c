package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A linear condition on the outputs: {@code sum_j a_j Y_j + b <= 0}, in exact decimal numbers.
 *
 * @param coefficients {@code a_j} by j, none of them 0
 * @param constant {@code b}
 */
public record OutputConstraint(Map<Integer, BigDecimal> coefficients, BigDecimal constant) {

    /**
     * Copies the coefficients and leaves zeros out.
     *
     * @param coefficients {@code a_j} by j
     * @param constant {@code b}
     */
    public OutputConstraint {
        Map<Integer, BigDecimal> kept = new TreeMap<>();
        coefficients.forEach((j, a) -> {
            if (a.signum() != 0) {
                kept.put(j, Decimals.normal(a));
            }
        });
        coefficients = Collections.unmodifiableMap(kept);
        constant = Decimals.normal(constant);
    }

    /**
     * {@code Y_small <= Y_large}.
     *
     * @param small the index on the left
     * @param large the index on the right
     * @return the condition
     */
    public static OutputConstraint atMost(int small, int large) {
        return new OutputConstraint(Map.of(small, BigDecimal.ONE, large, BigDecimal.ONE.negate()), BigDecimal.ZERO);
    }

    /**
     * Whether given outputs meet the condition, in exact arithmetic.
     *
     * @param outputs {@code Y}; not modified
     * @return true if they do; false if one that matters is not finite
     */
    public boolean holds(double[] outputs) {
        BigDecimal sum = constant;
        for (Map.Entry<Integer, BigDecimal> term : coefficients.entrySet()) {
            double y = outputs[term.getKey()];
            if (!Double.isFinite(y)) {
                return false;
            }
            sum = sum.add(term.getValue().multiply(new BigDecimal(y)));
        }
        return sum.signum() <= 0;
    }

    /** The largest index that occurs; -1 if none does. */
    int largestIndex() {
        return coefficients.keySet().stream().mapToInt(j -> j).max().orElse(-1);
    }
}
