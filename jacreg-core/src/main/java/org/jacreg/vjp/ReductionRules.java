package org.jacreg.vjp;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Ops that fold axes: sums, means, extremes, products and entropies. Norms and variances are in {@link NormReductionRules}.
 *
 * <p>The batch axis can be folded only for the gradient of a whole batch: else it couples samples.
 */
final class ReductionRules {

    private static final double LOG_2 = Math.log(2);

    private ReductionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.reduction("reduce_sum", (context, ct) -> Fold.of(context).spread(ct))
                .reduction("reduce_mean", (context, ct) -> {
                    Fold fold = Fold.of(context);
                    return fold.spread(fold.divideByCount(ct, 0));
                })
                .reduction("reduce_max", (context, ct) -> extreme(context, ct, context.input(0), 1))
                .reduction("reduce_min", (context, ct) -> extreme(context, ct, context.input(0), -1))
                .reduction("amax", (context, ct) -> absoluteExtreme(context, ct, 1))
                .reduction("amin", (context, ct) -> absoluteExtreme(context, ct, -1))
                .reduction("reduce_normmax", (context, ct) -> absoluteExtreme(context, ct, 1))
                .reduction("reduce_prod", ReductionRules::product)
                .reduction("reduce_logsumexp", ReductionRules::logSumExp)
                .reduction("entropy", (context, ct) -> Fold.of(context).spread(ct, entropy(context)))
                .reduction(
                        "shannonentropy",
                        (context, ct) ->
                                Fold.of(context).spread(ct, entropy(context).div(LOG_2)))
                .reduction("logentropy", ReductionRules::logEntropy)
                .zero("argmax", "argmin", "argamax", "argamin", "first_index", "last_index", "match_condition")
                .zero("countNonZero", "countZero", "zero_fraction", "any", "all", "hasinf", "hasnan");
        NormReductionRules.register(rules);
        DistanceRules.register(rules);
    }

    /** Of equal extremes the first takes the cotangent. The values are those of which the op computes the extreme. */
    private static SDVariable chosen(VjpContext context, Fold fold, SDVariable values, int sign) {
        SDVariable extreme = fold.open(context.output());
        SDVariable distance = sign > 0 ? values.sub(extreme).neg() : values.sub(extreme);
        return fold.first(math(context).step(distance, 0).rsub(1));
    }

    private static SDVariable extreme(VjpContext context, SDVariable ct, SDVariable values, int sign) {
        Fold fold = Fold.of(context);
        return fold.spread(ct, chosen(context, fold, values, sign));
    }

    private static SDVariable absoluteExtreme(VjpContext context, SDVariable ct, int sign) {
        Fold fold = Fold.of(context);
        SDVariable x = context.input(0);
        SDVariable chosen = chosen(context, fold, math(context).abs(x), sign);
        return fold.spread(ct, chosen.mul(math(context).sign(x)));
    }

    /** The derivative is the product of the other factors. Several axes are folded one after another. */
    private static SDVariable product(VjpContext context, SDVariable ct) {
        Fold fold = Fold.of(context);
        long[] shape = context.inputSpec(0).toArray();
        SDVariable folded = context.input(0);
        SDVariable others = null;
        for (int axis : fold.axes()) {
            SDVariable here = others(context, folded, shape, axis);
            others = others == null ? here : others.mul(here);
            shape[axis] = 1;
            folded = context.graph().prod(folded, true, axis);
        }
        return others == null ? ct : fold.spread(ct, others);
    }

    /**
     * The products of all factors but one, for every one: repeats the factors for each of them, with a 1 in its own place. A
     * quotient would be cheaper, but fails where a factor is 0.
     */
    private static SDVariable others(VjpContext context, SDVariable factors, long[] shape, int axis) {
        int size = Math.toIntExact(shape[axis]);
        if (size < 0) {
            throw new IllegalArgumentException(
                    context.describe() + " multiplies along the batch axis, whose size is not known in advance");
        }
        long[] rows = new long[shape.length + 1];
        long[] square = new long[shape.length + 1];
        Arrays.fill(square, 1);
        for (int i = 0; i < shape.length; i++) {
            rows[i < axis ? i : i + 1] = shape[i];
        }
        rows[axis] = 1;
        square[axis] = size;
        square[axis + 1] = size;
        INDArray one = Nd4j.eye(size).castTo(factors.dataType());
        SDVariable self = context.graph().constant(one.reshape(square));
        SDVariable notSelf = context.graph().constant(one.rsub(1).reshape(square));
        SDVariable repeated =
                context.graph().reshape(factors, rows).mul(notSelf).add(self);
        return context.graph().prod(repeated, axis + 1);
    }

    /** y = log sum e^x: y' = e^(x - y). */
    private static SDVariable logSumExp(VjpContext context, SDVariable ct) {
        Fold fold = Fold.of(context);
        return fold.spread(ct, math(context).exp(context.input(0).sub(fold.open(context.output()))));
    }

    /** y = -sum x log x: y' = -(log x + 1). */
    private static SDVariable entropy(VjpContext context) {
        return math(context).log(context.input(0)).add(1).neg();
    }

    /** y = log(entropy). */
    private static SDVariable logEntropy(VjpContext context, SDVariable ct) {
        SDVariable inverse = math(context).exp(context.output().neg());
        return Fold.of(context).spread(context.scale(ct, inverse), entropy(context));
    }

    private static SDMath math(VjpContext context) {
        return context.graph().math();
    }
}
