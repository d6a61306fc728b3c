package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Conditions that hold together: bounds of inputs, and linear conditions on outputs. Immutable. */
record Clause(Map<Integer, BigDecimal> lower, Map<Integer, BigDecimal> upper, Set<OutputConstraint> outputs) {

    static final Clause TRUE = new Clause(Map.of(), Map.of(), Set.of());

    static Clause lower(int input, BigDecimal bound) {
        return new Clause(Map.of(input, bound), Map.of(), Set.of());
    }

    static Clause upper(int input, BigDecimal bound) {
        return new Clause(Map.of(), Map.of(input, bound), Set.of());
    }

    static Clause output(OutputConstraint constraint) {
        return new Clause(Map.of(), Map.of(), Set.of(constraint));
    }

    Clause and(Clause other) {
        Map<Integer, BigDecimal> low = new HashMap<>(lower);
        other.lower.forEach((i, b) -> low.merge(i, b, BigDecimal::max));
        Map<Integer, BigDecimal> high = new HashMap<>(upper);
        other.upper.forEach((i, b) -> high.merge(i, b, BigDecimal::min));
        Set<OutputConstraint> all = new LinkedHashSet<>(outputs);
        all.addAll(other.outputs);
        return new Clause(low, high, all);
    }

    /** Whether no input meets the bounds. */
    boolean empty() {
        return lower.entrySet().stream()
                .anyMatch(e -> upper.containsKey(e.getKey()) && e.getValue().compareTo(upper.get(e.getKey())) > 0);
    }
}
