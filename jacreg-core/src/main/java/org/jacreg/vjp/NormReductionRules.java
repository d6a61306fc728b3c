package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;

/** Norms, variances and moments. The derivative of a norm or deviation at 0 is 0. */
final class NormReductionRules {

    private NormReductionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.reduction("reduce_norm1", NormReductionRules::absolute)
                .reduction("asum", NormReductionRules::absolute)
                .reduction("amean", (context, ct) -> {
                    Fold fold = Fold.of(context);
                    return fold.spread(fold.divideByCount(ct, 0), signs(context));
                })
                .reduction(
                        "reduce_sqnorm",
                        (context, ct) ->
                                Fold.of(context).spread(ct, context.input(0).mul(2)))
                .reduction("reduce_norm2", (context, ct) -> {
                    Fold fold = Fold.of(context);
                    return fold.spread(ct, Quotient.of(context.input(0), notZero(fold.open(context.output()))));
                })
                .reduction("var", (context, ct) -> {
                    Fold fold = Fold.of(context);
                    return fold.spread(
                            fold.divideByCount(ct, correction(context)),
                            deviations(context, fold).mul(2));
                })
                .reduction("std", (context, ct) -> {
                    Fold fold = Fold.of(context);
                    SDVariable slope = Quotient.of(deviations(context, fold), notZero(fold.open(context.output())));
                    return fold.spread(fold.divideByCount(ct, correction(context)), slope);
                })
                .reduction("moments", NormReductionRules::moments)
                .rules(
                        "normalize_moments",
                        OpKind.BESPOKE,
                        Map.of(
                                1, NormReductionRules::normalizedByMeans,
                                2, NormReductionRules::normalizedByVariances));
    }

    /** From n, s and q: the mean is m = s / n (and a shift), the variance q / n - m^2 without that shift. */
    private static SDVariable normalizedByMeans(VjpContext context, SDVariable ct) {
        SDVariable count = context.input(0);
        SDVariable share = ct.div(count);
        return context.outputIndex() == 0
                ? share
                : context.scale(share, context.input(1).div(count).mul(-2));
    }

    private static SDVariable normalizedByVariances(VjpContext context, SDVariable ct) {
        return context.outputIndex() == 0 ? ct.mul(0) : ct.div(context.input(0));
    }

    private static SDVariable absolute(VjpContext context, SDVariable ct) {
        return Fold.of(context).spread(ct, signs(context));
    }

    private static SDVariable signs(VjpContext context) {
        return math(context).sign(context.input(0));
    }

    /** Output 0 is the mean, output 1 the variance, not corrected for bias. */
    private static SDVariable moments(VjpContext context, SDVariable ct) {
        Fold fold = Fold.of(context);
        SDVariable share = fold.divideByCount(ct, 0);
        return context.outputIndex() == 0
                ? fold.spread(share)
                : fold.spread(share, deviations(context, fold).mul(2));
    }

    private static SDVariable deviations(VjpContext context, Fold fold) {
        return context.input(0).sub(fold.mean(context.input(0)));
    }

    private static int correction(VjpContext context) {
        return ((Variance) context.function()).isBiasCorrected() ? 1 : 0;
    }

    private static SDVariable notZero(SDVariable norm) {
        return norm.add(norm.getSameDiff().math().step(norm, 0).rsub(1));
    }

    private static SDMath math(VjpContext context) {
        return context.graph().math();
    }
}
