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
                        "divide",
                        OpKind.BESPOKE,
                        (context, ct) -> divideByInput(context, ct, 1),
                        (context, ct) -> divideByInput(
                                context, context.scale(ct, context.output()).neg(), 1))
                .broadcasting(
                        "reversedivide",
                        OpKind.BESPOKE,
                        (context, ct) -> divideByInput(
                                context, context.scale(ct, context.output()).neg(), 0),
                        (context, ct) -> divideByInput(context, ct, 0))
                .broadcasting(
                        "squaredsubtract",
                        OpKind.BESPOKE,
                        (context, ct) -> context.scale(ct, twiceTheDifference(context)),
                        (context, ct) ->
                                context.scale(ct, twiceTheDifference(context).neg()))
                .rules("biasadd", OpKind.LINEAR, Map.of(0, (context, ct) -> ct, 1, ArithmeticRules::bias));
    }

    /** A bias is added along axis 1 (channels first) or along the last one. */
    private static SDVariable bias(VjpContext context, SDVariable ct) {
        context.requireUnstacked(1);
        boolean[] flags = ((DynamicCustomOp) context.function()).bArgs();
        int rank = context.outputSpec().rank();
        int channels = flags.length > 0 && flags[0] ? 1 : rank - 1;
        int[] others = IntStream.range(0, rank).filter(axis -> axis != channels).toArray();
        return context.graph().sum(ct, others);
    }

    private static SDVariable scaleByInput(VjpContext context, SDVariable ct, int input) {
        return context.scale(ct, context.input(input), context.inputSpec(input));
    }

    private static SDVariable divideByInput(VjpContext context, SDVariable ct, int input) {
        SDVariable divisor = context.input(input);
        if (!context.inputSpec(input).batched()) {
            return ct.div(divisor);
        }
        long[] shape = context.outputSpec().toArray();
        return context.perCotangent(ct, shape, shape, c -> c.div(divisor));
    }

    private static SDVariable twiceTheDifference(VjpContext context) {
        return context.input(0).sub(context.input(1)).mul(2);
    }
}
