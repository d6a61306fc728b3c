package org.jacreg.runtime.reference;

import java.util.function.DoubleBinaryOperator;

/** Functions of two operands that broadcast, and their backward ops. */
final class PairwiseReferences {

    private PairwiseReferences() {}

    static void addTo(References.Builder builder) {
        add(builder, "add", Double::sum, (x, y) -> 1, (x, y) -> 1);
        add(builder, "subtract", (x, y) -> x - y, (x, y) -> 1, (x, y) -> -1);
        add(builder, "reversesubtract", (x, y) -> y - x, (x, y) -> -1, (x, y) -> 1);
        add(builder, "multiply", (x, y) -> x * y, (x, y) -> y, (x, y) -> x);
        add(builder, "divide", (x, y) -> x / y, (x, y) -> 1 / y, (x, y) -> -x / (y * y));
        add(builder, "reversedivide", (x, y) -> y / x, (x, y) -> -y / (x * x), (x, y) -> 1 / x);
        add(builder, "maximum", Math::max, (x, y) -> x >= y ? 1 : 0, (x, y) -> x >= y ? 0 : 1);
        add(builder, "minimum", Math::min, (x, y) -> x <= y ? 1 : 0, (x, y) -> x <= y ? 0 : 1);
        add(builder, "squaredsubtract", (x, y) -> (x - y) * (x - y), (x, y) -> 2 * (x - y), (x, y) -> 2 * (y - x));
        builder.add("Pow", function(Math::pow).positive());
        builder.add("equals", function((x, y) -> x == y ? 1 : 0));
        builder.add("greater", function((x, y) -> x > y ? 1 : 0));
        builder.add("greater_equal", function((x, y) -> x >= y ? 1 : 0));
        builder.add("less", function((x, y) -> x < y ? 1 : 0));
        builder.add("less_equal", function((x, y) -> x <= y ? 1 : 0));
        builder.add(
                "mergeadd",
                Reference.of((call, o, i) -> call.inputs().stream()
                                .mapToDouble(in -> in.at(i))
                                .sum())
                        .terms((call, o) -> call.inputs().size()));
    }

    private static void add(
            References.Builder builder,
            String name,
            DoubleBinaryOperator f,
            DoubleBinaryOperator byFirst,
            DoubleBinaryOperator bySecond) {
        boolean divides = name.endsWith("divide");
        Reference forward = function(f);
        Reference backward = Reference.of((call, o, i) -> gradient(call, o, i, o == 0 ? byFirst : bySecond))
                .terms((call, o) -> Math.max(
                        1, call.in(2).values().length / Math.max(1, call.in(o).values().length)));
        builder.add(name, divides ? forward.positive() : forward);
        builder.add(name + "_bp", divides ? backward.positive() : backward);
    }

    private static Reference function(DoubleBinaryOperator f) {
        return Reference.of((call, o, i) ->
                f.applyAsDouble(call.in(0).broadcast(i), call.in(1).broadcast(i)));
    }

    /** Operands: both of the function, and the gradient that reaches its result. */
    private static double gradient(OpCall call, int output, int[] index, DoubleBinaryOperator slope) {
        Operand own = call.in(output);
        Operand reached = call.in(2);
        int lead = reached.rank() - own.rank();
        int[] fixed = new int[reached.rank()];
        int[] sizes = new int[reached.rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            boolean spread = axis < lead || (own.size(axis - lead) == 1 && reached.size(axis) > 1);
            sizes[axis] = spread ? reached.size(axis) : 1;
            fixed[axis] = spread ? 0 : index[axis - lead];
        }
        int[] at = new int[fixed.length];
        return Counter.sum(sizes, offset -> {
            for (int axis = 0; axis < at.length; axis++) {
                at[axis] = fixed[axis] + offset[axis];
            }
            double x = call.in(0).broadcast(at);
            double y = call.in(1).broadcast(at);
            return slope.applyAsDouble(x, y) * reached.at(at);
        });
    }
}
