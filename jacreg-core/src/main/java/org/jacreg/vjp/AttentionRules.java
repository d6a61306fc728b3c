package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Dot-product attention in ND4J's layout: queries {@code [N, F, Q]}, keys {@code [N, F, T]}, values {@code [N, G, T]}, each
 * with an axis for the heads behind {@code N} or without; outputs {@code [N, G, Q]} and weights {@code [N, T, Q]}.
 *
 * <p>{@code P = softmax_T(K^T Q / sqrt(F) + 10^9 (mask - 1))} and {@code Y = V P}; the root is left out where the op is not
 * scaled.
 */
final class AttentionRules {

    private static final int QUERIES = 0;
    private static final int KEYS = 1;
    private static final int VALUES = 2;
    private static final int MASK = 3;

    /** ND4J subtracts this from the scores of masked steps. */
    static final double MASKED = 1e9;

    private AttentionRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules(
                "dot_product_attention",
                OpKind.BESPOKE,
                Map.of(
                        QUERIES, AttentionRules::queries,
                        KEYS, AttentionRules::keys,
                        VALUES, AttentionRules::values,
                        MASK, AttentionRules::mask));
        MultiHeadRules.register(rules);
    }

    /** S = K^T Q: the cotangent of Q is K dS. */
    private static SDVariable queries(VjpContext context, SDVariable ct) {
        SDVariable keys = context.repeat(context.input(KEYS), context.inputSpec(KEYS));
        return context.graph().mmul(keys, products(context, ct));
    }

    /** S = K^T Q: the cotangent of K is Q dS^T. */
    private static SDVariable keys(VjpContext context, SDVariable ct) {
        SDVariable queries = context.repeat(context.input(QUERIES), context.inputSpec(QUERIES));
        return context.graph().mmul(queries, products(context, ct), false, true, false);
    }

    private static SDVariable values(VjpContext context, SDVariable ct) {
        if (context.outputIndex() != 0) {
            // Weights do not depend on values.
            return context.repeat(context.graph().zerosLike(context.input(VALUES)), context.inputSpec(VALUES));
        }
        return context.graph().mmul(ct, repeated(context, weights(context)), false, true, false);
    }

    /** The cotangent of K^T Q. */
    private static SDVariable products(VjpContext context, SDVariable ct) {
        return scaled(context)
                ? context.once("products", () -> scores(context, ct).div(root(context)))
                : scores(context, ct);
    }

    /** The cotangent of what the softmax takes. */
    private static SDVariable scores(VjpContext context, SDVariable ct) {
        return context.once("scores", () -> {
            SameDiff sd = context.graph();
            SDVariable p = repeated(context, weights(context));
            SDVariable ofWeights = ct;
            if (context.outputIndex() == 0) {
                SDVariable values = context.repeat(context.input(VALUES), context.inputSpec(VALUES));
                ofWeights = sd.mmul(values, ct, true, false, false);
            }
            SDVariable weighted = ofWeights.mul(p);
            int steps = context.inputSpec(KEYS).rank() - 2;
            return weighted.sub(p.mul(sd.sum(weighted, true, steps)));
        });
    }

    /** The mask is added to the scores of all queries and heads. */
    private static SDVariable mask(VjpContext context, SDVariable ct) {
        int[] others = context.inputSpec(KEYS).rank() == 3 ? new int[] {2} : new int[] {1, 3};
        return context.graph().sum(scores(context, ct), others).mul(MASKED);
    }

    private static SDVariable weights(VjpContext context) {
        return context.once("weights", () -> {
            SameDiff sd = context.graph();
            SDVariable s = sd.mmul(context.input(KEYS), context.input(QUERIES), true, false, false);
            SDVariable score = scaled(context) ? s.div(root(context)) : s;
            int steps = context.inputSpec(KEYS).rank() - 2;
            if (context.inputCount() > MASK) {
                score = score.add(penalty(context));
            }
            return sd.nn().softmax(score, steps);
        });
    }

    private static SDVariable penalty(VjpContext context) {
        TensorSpec keys = context.inputSpec(KEYS);
        long steps = keys.dim(keys.rank() - 1);
        long[] shape = keys.rank() == 3 ? new long[] {-1, steps, 1} : new long[] {-1, 1, steps, 1};
        SDVariable mask = context.graph().reshape(context.input(MASK), shape);
        return mask.sub(1.0).mul(MASKED);
    }

    private static SDVariable repeated(VjpContext context, SDVariable weights) {
        return context.once("repeated weights", () -> context.repeat(weights, context.inputSpec(KEYS)));
    }

    private static boolean scaled(VjpContext context) {
        return context.integerArguments()[0] != 0;
    }

    private static double root(VjpContext context) {
        TensorSpec keys = context.inputSpec(KEYS);
        return Math.sqrt((double) keys.dim(keys.rank() - 2));
    }
}
