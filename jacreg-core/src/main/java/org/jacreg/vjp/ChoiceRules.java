package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.indexing.conditions.Conditions.ConditionMode;

/** Choosing between values by a condition. The condition itself is piecewise constant. */
final class ChoiceRules {

    private ChoiceRules() {}

    static void register(VjpRules.Builder rules) {
        for (String name : new String[] {"Where", "select"}) {
            rules.rules(
                    name,
                    OpKind.BESPOKE,
                    Map.of(
                            1, (context, ct) -> context.scale(ct, given(context)),
                            2, (context, ct) -> context.scale(ct, given(context).rsub(1))));
        }
        rules.rule("cas", (context, ct) -> context.scale(ct, met(context).rsub(1)))
                .unsupported(
                        "car",
                        "ND4J 1.0.0-M2.1 turns it into 'cas' when a graph that has it is copied or loaded; use"
                                + " where(from, update, condition)");
    }

    /** The condition of a choice as 1 and 0; a condition for every row stands for all of its row. */
    private static SDVariable given(VjpContext context) {
        TensorSpec condition = context.inputSpec(0);
        SDVariable mask = context.input(0).castTo(context.outputSpec().dataType());
        int rank = context.outputSpec().rank();
        if (condition.rank() == rank) {
            return mask;
        }
        long[] column = Arrays.copyOf(condition.toArray(), rank);
        Arrays.fill(column, condition.rank(), rank, 1);
        return context.graph().reshape(mask, column);
    }

    /** 1 where the first input meets the op's condition, else 0. */
    private static SDVariable met(VjpContext context) {
        // The op's own fields do not survive a copy of the graph; its arguments (compare, set, epsilon, mode) do.
        Object[] arguments = Objects.requireNonNull(((Op) context.function()).extraArgs());
        double value = ((Number) arguments[0]).doubleValue();
        ConditionMode mode = ConditionMode.fromNumber(((Number) arguments[3]).intValue());
        SDVariable x = context.input(0);
        SDMath math = context.graph().math();
        return switch (mode) {
            case GREATER_THAN -> math.step(x, value);
            case LESS_THAN_OR_EQUAL -> math.step(x, value).rsub(1);
            case LESS_THAN -> math.step(x.neg(), -value);
            case GREATER_THAN_OR_EQUAL -> math.step(x.neg(), -value).rsub(1);
            case ABS_GREATER_THAN -> math.step(math.abs(x), value);
            case ABS_LESS_THAN_OR_EQUAL -> math.step(math.abs(x), value).rsub(1);
            case ABS_LESS_THAN -> math.step(math.abs(x).neg(), -value);
            case ABS_GREATER_OR_EQUAL -> math.step(math.abs(x).neg(), -value).rsub(1);
            case IS_NAN -> math.isNaN(x).castTo(x.dataType());
            case IS_INFINITE -> math.isInfinite(x).castTo(x.dataType());
            default ->
                throw new IllegalArgumentException(context.describe() + " replaces by the condition " + mode
                        + "; comparisons, IS_NAN and IS_INFINITE are supported");
        };
    }
}
