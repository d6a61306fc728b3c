package org.jacreg.runtime;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Sums over some axes. The axes of the input, neighbours joined, are {@code [outer, kept, inner, last]}: summed, kept, summed,
 * kept; any of them may be 1. The output has {@code kept * last} entries, of whatever shape.
 */
record Fold(Kind kind, Value input, Extents extents, Value output) implements Instruction {

    /** What is summed. */
    enum Kind {
        SUM,
        SQUARES,
        MAGNITUDES
    }

    /** Lengths of the four groups of axes. */
    record Extents(long outer, long kept, long inner, long last) {}

    Fold {
        if (extents.outer() * extents.kept() * extents.inner() * extents.last() != input.length()
                || extents.kept() * extents.last() != output.length()) {
            throw new IllegalStateException("no fold: " + input + " as " + extents + " -> " + output);
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(input);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new Fold(kind, substitution.apply(input), extents, output);
    }
}
