package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Maxima, minima, clipping and choosing: every output is one of the inputs, and the cotangent goes to that one.
 *
 * <p>Of equal values the first is chosen; a value on the edge of a clip counts as inside. Masks are made of {@code step} and
 * not of comparisons, so that everything stays of the input's type.
 */
final class SelectionRules {

    private SelectionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rule("max_scalar", (context, ct) -> context.scale(ct, atLeast(context.input(0), scalar(context))))
                .rule("scalar_min", (context, ct) -> context.scale(ct, atMost(context.input(0), scalar(context))))
                .rule("ClipByValue", SelectionRules::clipByValue)
                .broadcasting(
                        "maximum",
                        OpKind.BESPOKE,
                        (context, ct) ->
                                context.scale(ct, isGreater(context, 1, 0).rsub(1)),
                        (context, ct) -> context.scale(ct, isGreater(context, 1, 0)))
                .broadcasting(
                        "minimum",
                        OpKind.BESPOKE,
                        (context, ct) ->
                                context.scale(ct, isGreater(context, 0, 1).rsub(1)),
                        (context, ct) -> context.scale(ct, isGreater(context, 0, 1)))
                .variadic("mergeadd", OpKind.LINEAR, input -> (context, ct) -> ct)
                .variadic("mergeavg", OpKind.LINEAR, input -> (context, ct) -> ct.div(context.inputCount()))
                .variadic("mergemax", OpKind.BESPOKE, SelectionRules::mergeMax)
                .variadic("identity_n", OpKind.LINEAR, SelectionRules::sameOutput)
                // y = the second input; the first one is overwritten.
                .rules("assign", OpKind.LINEAR, Map.of(0, (context, ct) -> ct.mul(0), 1, (context, ct) -> ct))
                .zero("ismax", "set_scalar", "stop_gradient", "mergemaxindex");
        registerComparisons(rules);
        ClipRules.register(rules);
    }

    /** Their results are booleans or integers, through which no derivative runs. */
    private static void registerComparisons(VjpRules.Builder rules) {
        rules.zero("greater", "greater_equal", "less", "less_equal", "equals", "not_equals")
                .zero("greaterthan_scalar", "greaterthanorequal_scalar", "lessthan_scalar", "lessthanorequal_scalar")
                .zero("equals_scalar", "notequals_scalar", "eps_scalar", "eps")
                .zero("isfinite", "isinf", "isnan", "match_condition_transform", "is_numeric_tensor")
                .zero("is_non_decreasing", "is_strictly_increasing")
                .zero("and", "or", "xor", "not", "bool_not")
                .zero("boolean_and", "boolean_or", "boolean_xor", "boolean_not");
    }

    /** 1 where x >= bound, else 0. */
    private static SDVariable atLeast(SDVariable x, double bound) {
        return step(x.neg(), -bound).rsub(1);
    }

    /** 1 where x <= bound, else 0. */
    private static SDVariable atMost(SDVariable x, double bound) {
        return step(x, bound).rsub(1);
    }

    /** 1 where one input is greater than the other, else 0; of the output's shape. */
    private static SDVariable isGreater(VjpContext context, int one, int other) {
        return step(context.input(one).sub(context.input(other)), 0);
    }

    private static SDVariable clipByValue(VjpContext context, SDVariable ct) {
        double least;
        double greatest;
        if (context.inputCount() == 1) {
            double[] bounds = ((DynamicCustomOp) context.function()).tArgs();
            least = bounds[0];
            greatest = bounds[1];
        } else {
            least = bound(context, 1);
            greatest = bound(context, 2);
        }
        SDVariable x = context.input(0);
        return context.scale(ct, atLeast(x, least).mul(atMost(x, greatest)));
    }

    private static double bound(VjpContext context, int input) {
        SDVariable variable = context.input(input);
        INDArray value = variable.isConstant() ? variable.getArr() : null;
        if (value == null || value.length() != 1) {
            throw new IllegalArgumentException(context.describe() + " takes the bound '" + variable.name()
                    + "' from a variable that is not one constant; clip with numbers, or with min and max");
        }
        return value.getDouble(0);
    }

    /** The mask of one input: greater than all inputs before it and not less than those behind it. */
    private static VjpRule mergeMax(int input) {
        return (context, ct) -> {
            SDVariable chosen = null;
            for (int other = 0; other < context.inputCount(); other++) {
                if (other != input) {
                    SDVariable wins = other < input
                            ? isGreater(context, input, other)
                            : isGreater(context, other, input).rsub(1);
                    chosen = chosen == null ? wins : chosen.mul(wins);
                }
            }
            return chosen == null ? ct : context.scale(ct, chosen);
        };
    }

    private static VjpRule sameOutput(int input) {
        return (context, ct) -> context.outputIndex() == input ? ct : ct.mul(0);
    }

    private static double scalar(VjpContext context) {
        return ((ScalarOp) context.function()).scalar().getDouble(0);
    }

    private static SDVariable step(SDVariable x, double cutoff) {
        return x.getSameDiff().math().step(x, cutoff);
    }
}
