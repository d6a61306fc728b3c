package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code output = op(left) op(right) + addend}, matrices; {@code op} transposes where told to. */
record Product(
        Value left,
        boolean transposeLeft,
        Value right,
        boolean transposeRight,
        @Nullable Value addend,
        Value output) implements Instruction {

    Product {
        boolean fits = left.rank() == 2 && right.rank() == 2 && output.rank() == 2;
        fits = fits
                && rows(left, transposeLeft) == output.size(0)
                && rows(right, !transposeRight) == output.size(1)
                && rows(left, !transposeLeft) == rows(right, transposeRight)
                && (addend == null || addend.hasShapeOf(output));
        if (!fits) {
            throw new IllegalStateException("no product: " + left + (transposeLeft ? "^T " : " ") + right
                    + (transposeRight ? "^T" : "") + " -> " + output);
        }
    }

    static Product of(Value left, boolean transposeLeft, Value right, boolean transposeRight, Value output) {
        return new Product(left, transposeLeft, right, transposeRight, null, output);
    }

    private static long rows(Value matrix, boolean transposed) {
        return matrix.size(transposed ? 1 : 0);
    }

    /** The length of the sums. */
    long inner() {
        return rows(left, !transposeLeft);
    }

    Product plus(Value other, Value sum) {
        return new Product(left, transposeLeft, right, transposeRight, other, sum);
    }

    @Override
    public List<Value> inputs() {
        List<Value> inputs = new ArrayList<>(List.of(left, right));
        if (addend != null) {
            inputs.add(addend);
        }
        return inputs;
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new Product(
                substitution.apply(left),
                transposeLeft,
                substitution.apply(right),
                transposeRight,
                addend == null ? null : substitution.apply(addend),
                output);
    }
}
