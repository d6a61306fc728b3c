package org.jacreg.vjp;

import java.util.HashMap;
import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Multi-head dot-product attention in ND4J's layout: queries {@code [N, Fq, Q]}, keys {@code [N, Fk, T]}, values {@code [N, Fv,
 * T]}, projections {@code Wq, Wk [H, P, F]}, {@code Wv [H, G, Fv]}, {@code Wo [H G, O]}; output {@code [N, O, Q]}, weights
 * {@code [N, H, T, Q]}.
 *
 * <p>Everything is computed again with time before features, {@code q [N, H, Q, P]}, so that every projection is one product of
 * two matrices: {@code q = Wq x}, {@code A = softmax_T(q k^T / sqrt(P) + 10^9 (mask - 1))}, {@code Y = Wo^T (A v)}.
 */
final class MultiHeadRules {

    private static final int WEIGHTS = 3;
    private static final int OUTPUT_WEIGHTS = 6;
    private static final int MASK = 7;

    private MultiHeadRules() {}

    static void register(VjpRules.Builder rules) {
        Map<Integer, VjpRule> inputs = new HashMap<>();
        for (int i = 0; i < WEIGHTS; i++) {
            int which = i;
            inputs.put(which, (context, ct) -> sequence(context, ct, which));
            inputs.put(WEIGHTS + which, (context, ct) -> projection(context, ct, which));
        }
        inputs.put(OUTPUT_WEIGHTS, MultiHeadRules::outputWeights);
        inputs.put(MASK, MultiHeadRules::mask);
        rules.rules("multi_head_dot_product_attention", OpKind.BESPOKE, inputs);
    }

    private static SDVariable sequence(VjpContext context, SDVariable ct, int which) {
        SameDiff sd = context.graph();
        TensorSpec in = context.inputSpec(which);
        SDVariable rows = flat(context, cotangent(context, ct, which), which).mmul(matrix(context, which));
        return sd.permute(sd.reshape(rows, -1, in.dim(2), in.dim(1)), 0, 2, 1);
    }

    private static SDVariable projection(VjpContext context, SDVariable ct, int which) {
        context.requireUnstacked(WEIGHTS + which);
        SameDiff sd = context.graph();
        SDVariable rows = flat(context, cotangent(context, ct, which), which);
        SDVariable gradient = sd.mmul(rows, timeFirst(context, which), true, false, false);
        return sd.reshape(gradient, context.inputSpec(WEIGHTS + which).toArray());
    }

    private static SDVariable outputWeights(VjpContext context, SDVariable ct) {
        context.requireUnstacked(OUTPUT_WEIGHTS);
        SameDiff sd = context.graph();
        if (context.outputIndex() != 0) {
            return sd.zerosLike(context.input(OUTPUT_WEIGHTS));
        }
        SDVariable attended = sd.mmul(attention(context), projected(context, 2));
        SDVariable rows = sd.reshape(
                sd.permute(attended, 0, 2, 1, 3),
                -1,
                context.inputSpec(OUTPUT_WEIGHTS).dim(0));
        return sd.mmul(rows, outputRows(context, ct), true, false, false);
    }

    /** The cotangent of the projected queries (0), keys (1) or values (2), [V N, H, time, P]. */
    private static SDVariable cotangent(VjpContext context, SDVariable ct, int which) {
        SameDiff sd = context.graph();
        if (which == 2) {
            return context.outputIndex() == 0
                    ? sd.mmul(stacked(context, "A", attention(context)), attended(context, ct), true, false, false)
                    : stacked(context, "no values", sd.zerosLike(projected(context, 2)));
        }
        SDVariable other = stacked(context, "stacked " + (1 - which), projected(context, 1 - which));
        return sd.mmul(products(context, ct), other, which == 1, false, false);
    }

    /** The cotangent of q k^T. */
    private static SDVariable products(VjpContext context, SDVariable ct) {
        return scaled(context)
                ? context.once("products", () -> scores(context, ct).div(root(context)))
                : scores(context, ct);
    }

    /** The cotangent of what the softmax takes. */
    private static SDVariable scores(VjpContext context, SDVariable ct) {
        return context.once("scores", () -> {
            SameDiff sd = context.graph();
            SDVariable a = stacked(context, "A", attention(context));
            SDVariable ofAttention = context.outputIndex() == 0
                    ? sd.mmul(
                            attended(context, ct),
                            stacked(context, "stacked 2", projected(context, 2)),
                            false,
                            true,
                            false)
                    : sd.permute(ct, 0, 1, 3, 2);
            SDVariable weighted = ofAttention.mul(a);
            return weighted.sub(a.mul(sd.sum(weighted, true, 3)));
        });
    }

    /** The mask is added to the scores of all heads and queries. */
    private static SDVariable mask(VjpContext context, SDVariable ct) {
        return context.graph().sum(scores(context, ct), 1, 2).mul(AttentionRules.MASKED);
    }

    /** The cotangent of A v: [V N, H, Q, G]. */
    private static SDVariable attended(VjpContext context, SDVariable ct) {
        return context.once("attended", () -> {
            SameDiff sd = context.graph();
            TensorSpec wv = context.inputSpec(WEIGHTS + 2);
            SDVariable rows = sd.mmul(outputRows(context, ct), context.input(OUTPUT_WEIGHTS), false, true, false);
            long steps = context.inputSpec(0).dim(2);
            return sd.permute(sd.reshape(rows, -1, steps, wv.dim(0), wv.dim(1)), 0, 2, 1, 3);
        });
    }

    private static SDVariable outputRows(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        return context.once(
                "output rows",
                () -> sd.reshape(
                        sd.permute(ct, 0, 2, 1),
                        -1,
                        context.inputSpec(OUTPUT_WEIGHTS).dim(1)));
    }

    /** A: [N, H, Q, T]. */
    private static SDVariable attention(VjpContext context) {
        return context.once("attention", () -> {
            SameDiff sd = context.graph();
            SDVariable s = sd.mmul(projected(context, 0), projected(context, 1), false, true, false);
            SDVariable score = scaled(context) ? s.div(root(context)) : s;
            if (context.inputCount() > MASK) {
                long steps = context.inputSpec(1).dim(2);
                SDVariable mask = sd.reshape(context.input(MASK), -1, 1, 1, steps);
                score = score.add(mask.sub(1.0).mul(AttentionRules.MASKED));
            }
            return sd.nn().softmax(score, 3);
        });
    }

    /** q, k or v: [N, H, time, P]. */
    private static SDVariable projected(VjpContext context, int which) {
        return context.once("projected " + which, () -> {
            SameDiff sd = context.graph();
            TensorSpec weights = context.inputSpec(WEIGHTS + which);
            SDVariable rows = sd.mmul(timeFirst(context, which), matrix(context, which), false, true, false);
            long steps = context.inputSpec(which).dim(2);
            return sd.permute(sd.reshape(rows, -1, steps, weights.dim(0), weights.dim(1)), 0, 2, 1, 3);
        });
    }

    /** The adjoint of how {@link #projected} lays rows out: [V N, H, time, P] to [V N time, H P]. */
    private static SDVariable flat(VjpContext context, SDVariable heads, int which) {
        SameDiff sd = context.graph();
        TensorSpec weights = context.inputSpec(WEIGHTS + which);
        return sd.reshape(sd.permute(heads, 0, 2, 1, 3), -1, weights.dim(0) * weights.dim(1));
    }

    /** A sequence as rows: [N time, F]. */
    private static SDVariable timeFirst(VjpContext context, int which) {
        SameDiff sd = context.graph();
        return context.once(
                "rows " + which,
                () -> sd.reshape(
                        sd.permute(context.input(which), 0, 2, 1),
                        -1,
                        context.inputSpec(which).dim(1)));
    }

    /** Projection weights as one matrix [H P, F]. */
    private static SDVariable matrix(VjpContext context, int which) {
        TensorSpec weights = context.inputSpec(WEIGHTS + which);
        return context.once(
                "matrix " + which,
                () -> context.graph()
                        .reshape(context.input(WEIGHTS + which), weights.dim(0) * weights.dim(1), weights.dim(2)));
    }

    private static SDVariable stacked(VjpContext context, String name, SDVariable value) {
        return context.once("repeated " + name, () -> context.repeat(value, 4));
    }

    private static boolean scaled(VjpContext context) {
        return context.integerArguments()[0] != 0;
    }

    private static double root(VjpContext context) {
        return Math.sqrt((double) context.inputSpec(WEIGHTS).dim(1));
    }
}
