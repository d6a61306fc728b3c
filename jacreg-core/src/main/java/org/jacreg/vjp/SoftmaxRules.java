package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Softmax and its logarithm along one axis.
 *
 * <p>Bespoke: every output depends on all inputs along the axis, so no elementwise rule fits. With {@code p = softmax(x)}:
 * {@code (dp)^T v = p * (v - sum(p * v))} and {@code (d log p)^T v = v - p * sum(v)}.
 */
final class SoftmaxRules {

    private SoftmaxRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rule("softmax", SoftmaxRules::softmax)
                .rule("log_softmax", SoftmaxRules::logSoftmax)
                .rules(
                        "softmax_bp",
                        OpKind.BESPOKE,
                        Map.of(0, SoftmaxRules::derivativeByInput, 1, SoftmaxRules::derivativeByGradient));
    }

    /** z = p (g - sum(p g)) is linear in g, and its own adjoint. */
    private static SDVariable derivativeByGradient(VjpContext context, SDVariable ct) {
        SDVariable p = probabilities(context);
        int axis = axis(context);
        SDVariable weighted = context.scale(ct, p);
        return weighted.sub(spread(context, sum(context, weighted, axis), p, axis));
    }

    /** By p, z has the cotangent c = v (g - sum(p g)) - g sum(p v); the softmax makes p (c - sum(p c)) of it. */
    private static SDVariable derivativeByInput(VjpContext context, SDVariable ct) {
        SDVariable p = probabilities(context);
        SDVariable g = context.input(1);
        int axis = axis(context);
        SDVariable centred = g.sub(sum(context, p.mul(g), axis));
        SDVariable byP =
                context.scale(ct, centred).sub(spread(context, sum(context, context.scale(ct, p), axis), g, axis));
        SDVariable weighted = context.scale(byP, p);
        return weighted.sub(spread(context, sum(context, weighted, axis), p, axis));
    }

    private static SDVariable probabilities(VjpContext context) {
        return context.graph().nn().softmax(context.input(0), axis(context));
    }

    private static SDVariable softmax(VjpContext context, SDVariable ct) {
        int axis = axis(context);
        SDVariable weighted = context.scale(ct, context.output());
        SDVariable total = sum(context, weighted, axis);
        return weighted.sub(spread(context, total, context.output(), axis));
    }

    private static SDVariable logSoftmax(VjpContext context, SDVariable ct) {
        SDVariable p = context.graph().math().exp(context.output());
        int axis = axis(context);
        SDVariable total = sum(context, ct, axis);
        return ct.sub(spread(context, total, p, axis));
    }

    /** Sums along the axis and keeps it; SameDiff of ND4J 1.0.0-M2.1 fails to sum over an axis of length 1. */
    private static SDVariable sum(VjpContext context, SDVariable values, int axis) {
        return context.outputSpec().dim(axis) == 1 ? values : context.graph().sum(values, true, axis);
    }

    /** Multiplies a total along the axis by a value for every entry along it. */
    private static SDVariable spread(VjpContext context, SDVariable total, SDVariable factor, int axis) {
        long[] full = context.outputSpec().toArray();
        long[] folded = full.clone();
        folded[axis] = 1;
        return context.perCotangent(total, folded, full, t -> t.mul(factor));
    }

    private static int axis(VjpContext context) {
        int rank = context.outputSpec().rank();
        long[] arguments = context.integerArguments();
        int axis = Math.floorMod(arguments.length == 0 ? -1 : (int) arguments[0], rank);
        context.requireNotBatchAxis(axis);
        return axis;
    }
}
