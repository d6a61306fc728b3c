package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;

/** Products, similarities and distances of two tensors of one shape along some axes. */
final class DistanceRules {

    @FunctionalInterface
    private interface Slope {
        /** The derivative by every entry of one input, of the input's shape. */
        SDVariable of(VjpContext context, Fold fold, int one, int other);
    }

    private DistanceRules() {}

    static void register(VjpRules.Builder rules) {
        register(rules, "dot", (context, fold, one, other) -> context.input(other));
        register(rules, "euclidean", DistanceRules::euclidean);
        register(
                rules,
                "manhattan",
                (context, fold, one, other) ->
                        math(context).sign(context.input(one).sub(context.input(other))));
        register(rules, "cosinesimilarity", DistanceRules::similarity);
        register(
                rules,
                "cosinedistance",
                (context, fold, one, other) ->
                        similarity(context, fold, one, other).neg());
        register(rules, "jaccarddistance", DistanceRules::jaccard);
        rules.zero("hammingdistance");
    }

    private static void register(VjpRules.Builder rules, String opName, Slope slope) {
        rules.rules(opName, OpKind.REDUCTION, Map.of(0, rule(slope, 0, 1), 1, rule(slope, 1, 0)));
    }

    private static VjpRule rule(Slope slope, int one, int other) {
        return (context, ct) -> {
            Fold fold = Fold.of(context);
            return fold.spread(ct, slope.of(context, fold, one, other));
        };
    }

    /** |x - y|: (x - y) / |x - y|, and 0 at 0. */
    private static SDVariable euclidean(VjpContext context, Fold fold, int one, int other) {
        SDVariable distance = fold.open(context.output());
        SDVariable difference = context.input(one).sub(context.input(other));
        return Quotient.of(
                difference, distance.add(math(context).step(distance, 0).rsub(1)));
    }

    /** s = x y / (|x| |y|): ds/dx = y / (|x| |y|) - s x / |x|^2, written without the op's own value. */
    private static SDVariable similarity(VjpContext context, Fold fold, int one, int other) {
        SDVariable x = context.input(one);
        SDVariable y = context.input(other);
        SDVariable square = fold.sum(math(context).square(x));
        SDVariable norms = math(context).sqrt(square.mul(fold.sum(math(context).square(y))));
        SDVariable projection = fold.sum(x.mul(y)).div(square);
        return Quotient.of(y.sub(x.mul(projection)), norms);
    }

    /** 1 - m / M with m = sum(min(x, y)) and M = sum(max(x, y)): (m max' - M min') / M^2; ties go to x. */
    private static SDVariable jaccard(VjpContext context, Fold fold, int one, int other) {
        SDVariable x = context.input(0);
        SDVariable y = context.input(1);
        SDMath math = math(context);
        SDVariable xGreater = math.step(x.sub(y), 0);
        SDVariable yGreater = math.step(y.sub(x), 0);
        SDVariable least = fold.sum(x.sub(xGreater.mul(x.sub(y))));
        SDVariable greatest = fold.sum(x.add(yGreater.mul(y.sub(x))));
        SDVariable isLeast = one == 0 ? xGreater.rsub(1) : xGreater;
        SDVariable isGreatest = one == 0 ? yGreater.rsub(1) : yGreater;
        return Quotient.of(isGreatest.mul(least).sub(isLeast.mul(greatest)), math.square(greatest));
    }

    private static SDMath math(VjpContext context) {
        return context.graph().math();
    }
}
