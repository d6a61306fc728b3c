package org.jacreg.vjp;

import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Arithmetic of two tensors that broadcast against each other. Results may have the broadcast shape: the gate folds them.
 */
final class ArithmeticRules {

    private ArithmeticRules() {}

    static void register(VjpRules.Builder rules) {
        rules.broadcasting("add", OpKind.LINEAR, (context, ct) -> ct, (context, ct) -> ct)
                .broadcasting("subtract", OpKind.LINEAR, (context, ct) -> ct, (context, ct) -> ct.neg())
                .broadcasting("reversesubtract", OpKind.LINEAR, (context, ct) -> ct.neg(), (context, ct) -> ct)
                .broadcasting(
                        "multiply",
                        OpKind.BILINEAR,
                        (context, ct) -> scaleByInput(context, ct, 1),
                        (context, ct) -> scaleByInput(context, ct, 0))
                .broadcasting(
                        "squaredsubtract",
                        OpKind.BESPOKE,
                        (context, ct) -> context.scale(ct, twiceTheDifference(context)),
                        (context, ct) ->
                                context.scale(ct, twiceTheDifference(context).neg()))
                .rules("biasadd", OpKind.LINEAR, Map.of(0, (context, ct) -> ct, 1, ArithmeticRules::biasAddByBias));
        registerQuotients(rules, "divide", 0, 1);
        registerQuotients(rules, "realdiv", 0, 1);
        registerQuotients(rules, "reversedivide", 1, 0);
    }

    /** y = a / b: dy/da = 1 / b and dy/db = -y / b. */
    private static void registerQuotients(VjpRules.Builder rules, String opName, int dividend, int divisor) {
        VjpRule byDividend = (context, ct) -> divideByInput(context, ct, divisor);
        VjpRule byDivisor = (context, ct) ->
                divideByInput(context, context.scale(ct, context.output()).neg(), divisor);
        rules.broadcasting(
                opName, OpKind.BESPOKE, dividend == 0 ? byDividend : byDivisor, dividend == 0 ? byDivisor : byDividend);
    }

    /** A bias is added along the channel axis: 1, or the last one. */
    private static SDVariable biasAddByBias(VjpContext context, SDVariable ct) {
        context.requireUnstacked(1);
        boolean[] flags = ((DynamicCustomOp) context.function()).bArgs();
        int rank = context.outputSpec().rank();
        int channels = flags.length > 0 && flags[0] ? 1 : rank - 1;
        int[] others = IntStream.range(0, rank).filter(axis -> axis != channels).toArray();
        return AxisFold.sum(ct, context.outputSpec().toArray(), others);
    }

    private static SDVariable scaleByInput(VjpContext context, SDVariable ct, int input) {
        return context.scale(ct, context.input(input), context.inputSpec(input));
    }

    private static SDVariable divideByInput(VjpContext context, SDVariable ct, int input) {
        SDVariable divisor = context.input(input);
        if (!context.inputSpec(input).batched()) {
            return Quotient.of(ct, divisor);
        }
        long[] shape = context.outputSpec().toArray();
        return context.perCotangent(ct, shape, shape, c -> Quotient.of(c, divisor));
    }

    private static SDVariable twiceTheDifference(VjpContext context) {
        return context.input(0).sub(context.input(1)).mul(2);
    }
}
