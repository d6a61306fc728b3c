package org.jacreg.runtime.reference;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Sums, means, norms and extremes along axes, their backward ops, and running sums. */
final class ReductionReferences {

    /** How ND4J's older reductions say "all axes". */
    private static final int ALL = Integer.MAX_VALUE;

    private ReductionReferences() {}

    static void addTo(References.Builder builder) {
        sum(builder, "reduce_sum", x -> x, x -> x);
        sum(builder, "reduce_norm1", Math::abs, x -> x);
        sum(builder, "reduce_sqnorm", x -> x * x, x -> x);
        sum(builder, "reduce_norm2", x -> x * x, Math::sqrt);
        builder.add(
                "reduce_mean",
                Reference.of((call, o, i) -> total(call, i, x -> x) / Counter.product(reducedSizes(call)))
                        .terms(ReductionReferences::terms)
                        .positive());
        builder.add("reduce_max", Reference.of((call, o, i) -> extreme(call, i, 1)));
        builder.add("reduce_min", Reference.of((call, o, i) -> -extreme(call, i, -1)));
        builder.add("reduce_sum_bp", Reference.of((call, o, i) -> reached(call, i)));
        builder.add(
                "reduce_mean_bp", Reference.of((call, o, i) -> reached(call, i) / Counter.product(reducedSizes(call))));
        builder.add(
                "reduce_norm1_bp",
                Reference.of((call, o, i) -> Math.signum(call.in(0).at(i)) * reached(call, i)));
        builder.add(
                "reduce_sqnorm_bp", Reference.of((call, o, i) -> 2 * call.in(0).at(i) * reached(call, i)));
        builder.add(
                "reduce_norm2_bp",
                Reference.of((call, o, i) -> call.in(0).at(i)
                                / Math.sqrt(total(call, shortened(call, i), x -> x * x))
                                * reached(call, i))
                        .terms(ReductionReferences::terms)
                        .positive());
        builder.add("cumsum", Reference.of(ReductionReferences::runningSum).terms(ReductionReferences::runningTerms));
    }

    private static void sum(
            References.Builder builder, String name, DoubleUnaryOperator term, DoubleUnaryOperator after) {
        builder.add(
                name,
                Reference.of((call, o, i) -> after.applyAsDouble(total(call, i, term)))
                        .terms(ReductionReferences::terms)
                        .positive());
    }

    private static long terms(OpCall call, int output) {
        return Counter.product(reducedSizes(call));
    }

    /** Which axes of the first operand are summed over. */
    private static boolean[] reduced(OpCall call) {
        int rank = call.in(0).rank();
        boolean backward = call.opName().endsWith("_bp");
        IntStream axes = backward
                ? call.inputs().size() > 2
                        ? IntStream.range(0, call.in(2).values().length)
                                .map(k -> (int) call.in(2).values()[k])
                        : call.integers().stream().mapToInt(Long::intValue)
                : call.dimensions().stream().mapToInt(Integer::intValue);
        int[] named = axes.filter(axis -> axis != ALL).toArray();
        boolean[] reduced = new boolean[rank];
        for (int axis : named) {
            reduced[axis < 0 ? axis + rank : axis] = true;
        }
        if (named.length == 0) {
            java.util.Arrays.fill(reduced, true);
        }
        return reduced;
    }

    private static int[] reducedSizes(OpCall call) {
        boolean[] reduced = reduced(call);
        return IntStream.range(0, reduced.length)
                .map(axis -> reduced[axis] ? call.in(0).size(axis) : 1)
                .toArray();
    }

    /** The index of the operand's first number that goes into a result at an index. */
    private static int[] firstOf(OpCall call, int[] index) {
        boolean[] reduced = reduced(call);
        boolean kept = index.length == reduced.length;
        int[] first = new int[reduced.length];
        int next = 0;
        for (int axis = 0; axis < first.length; axis++) {
            if (!reduced[axis]) {
                first[axis] = index[kept ? axis : next];
                next++;
            }
        }
        return first;
    }

    private static double total(OpCall call, int[] index, DoubleUnaryOperator term) {
        int[] first = firstOf(call, index);
        int[] at = new int[first.length];
        return Counter.sum(reducedSizes(call), offset -> {
            for (int axis = 0; axis < at.length; axis++) {
                at[axis] = first[axis] + offset[axis];
            }
            return term.applyAsDouble(call.in(0).at(at));
        });
    }

    private static double extreme(OpCall call, int[] index, int sign) {
        double[] best = {Double.NEGATIVE_INFINITY};
        double unused = total(call, index, x -> {
            best[0] = Math.max(best[0], sign * x);
            return 0;
        });
        return best[0] + unused;
    }

    /** An operand's index without the axes that are reduced. */
    private static int[] shortened(OpCall call, int[] index) {
        boolean[] reduced = reduced(call);
        return IntStream.range(0, index.length)
                .filter(axis -> !reduced[axis])
                .map(axis -> index[axis])
                .toArray();
    }

    /** The gradient that reaches the result to which an operand's number belongs. */
    private static double reached(OpCall call, int[] index) {
        Operand gradient = call.in(1);
        if (gradient.rank() == index.length) {
            return gradient.broadcast(index);
        }
        return gradient.rank() == 0 ? gradient.values()[0] : gradient.at(shortened(call, index));
    }

    /** Integer arguments: exclusive, reverse, axes. */
    private static double runningSum(OpCall call, int output, int[] index) {
        int axis = Math.floorMod(call.integer(2, 0), index.length);
        boolean exclusive = call.integer(0) != 0;
        boolean reverse = call.integer(1) != 0;
        int[] at = index.clone();
        double sum = 0;
        for (int k = 0; k < call.in(0).size(axis); k++) {
            boolean before = reverse ? k > index[axis] : k < index[axis];
            if (before || (!exclusive && k == index[axis])) {
                at[axis] = k;
                sum += call.in(0).at(at);
            }
        }
        return sum;
    }

    private static long runningTerms(OpCall call, int output) {
        return call.in(0).size(Math.floorMod(call.integer(2, 0), call.in(0).rank()));
    }
}
