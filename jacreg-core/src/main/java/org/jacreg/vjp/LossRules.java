package org.jacreg.vjp;

import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Losses inside a graph: {@code l_i = f(p_i, y_i)} for predictions and labels, weighted and then kept, summed or averaged.
 *
 * <p>Inputs are predictions, weights and labels, in this order. Rules are for predictions and labels. They are written out
 * of forward ops because the gradients of ND4J's own losses ignore what reaches them (docs/nd4j-bugs.md).
 */
final class LossRules {

    private static final int PREDICTIONS = 0;
    private static final int LABELS = 2;

    private LossRules() {}

    static void register(VjpRules.Builder rules) {
        elementwise(rules, "mean_sqerr_loss", c -> error(c).mul(2), c -> error(c).mul(-2));
        elementwise(
                rules,
                "absolute_difference_loss",
                c -> math(c).sign(error(c)),
                c -> math(c).sign(error(c)).neg());
        elementwise(
                rules,
                "huber_loss",
                LossRules::clippedError,
                c -> clippedError(c).neg());
        elementwise(rules, "hinge_loss", LossRules::hingeByPredictions, LossRules::hingeByLabels);
        elementwise(rules, "log_loss", LossRules::logByPredictions, LossRules::logByLabels);
        elementwise(
                rules, "log_poisson_loss", c -> math(c).exp(predictions(c)).sub(labels(c)), LossRules::poissonByLabels);
        elementwise(
                rules,
                "sigm_cross_entropy_loss",
                c -> c.graph().nn().sigmoid(predictions(c)).sub(smoothed(c)),
                c -> predictions(c).mul(argument(c) - 1));
        rules.rule("l2_loss", (context, ct) -> context.input(0).mul(ct))
                .unsupported(
                        "weighted_cross_entropy_with_logits",
                        "ND4J 1.0.0-M2.1 hands it its inputs in a wrong order and has no gradient for it; write it out");
        RowLossRules.register(rules);
    }

    /** Registers a loss of which every element of the predictions has a share of its own. */
    private static void elementwise(
            VjpRules.Builder rules,
            String opName,
            Function<VjpContext, SDVariable> byPredictions,
            Function<VjpContext, SDVariable> byLabels) {
        rules.rules(
                opName,
                OpKind.BESPOKE,
                Map.of(
                        PREDICTIONS, (context, ct) -> times(context, ct, byPredictions.apply(context)),
                        LABELS, (context, ct) -> times(context, ct, byLabels.apply(context))));
    }

    private static SDVariable times(VjpContext context, SDVariable ct, SDVariable derivative) {
        SDVariable seed = LossSeed.of(context, ct, predictions(context));
        // A kept loss may be stacked; one that is summed up is a single number.
        return context.outputSpec().rank() == 0 ? derivative.mul(seed) : context.scale(seed, derivative);
    }

    private static SDVariable predictions(VjpContext context) {
        return context.input(PREDICTIONS);
    }

    private static SDVariable labels(VjpContext context) {
        return context.input(LABELS);
    }

    private static SDVariable error(VjpContext context) {
        return predictions(context).sub(labels(context));
    }

    /** The last of the op's numbers: delta, epsilon or the smoothing of labels. */
    private static double argument(VjpContext context) {
        double[] arguments = ((DynamicCustomOp) context.function()).tArgs();
        return arguments.length == 0 ? 0 : arguments[arguments.length - 1];
    }

    /** Huber: e^2 / 2 up to delta, then straight. */
    private static SDVariable clippedError(VjpContext context) {
        return math(context).clipByValue(error(context), -argument(context), argument(context));
    }

    /** Hinge: max(0, 1 - z p) with z = 2 y - 1; its kink counts as flat. */
    private static SDVariable hingeByPredictions(VjpContext context) {
        return hingeActive(context).mul(signs(context)).neg();
    }

    private static SDVariable hingeByLabels(VjpContext context) {
        return hingeActive(context).mul(predictions(context)).mul(-2);
    }

    private static SDVariable hingeActive(VjpContext context) {
        return math(context).step(signs(context).mul(predictions(context)).rsub(1), 0);
    }

    private static SDVariable signs(VjpContext context) {
        return labels(context).mul(2).sub(1);
    }

    /** Log loss: -y log(p + e) - (1 - y) log(1 - p + e). */
    private static SDVariable logByPredictions(VjpContext context) {
        SDVariable y = labels(context);
        SDVariable p = predictions(context);
        double epsilon = argument(context);
        return y.rsub(1).div(p.rsub(1 + epsilon)).sub(y.div(p.add(epsilon)));
    }

    private static SDVariable logByLabels(VjpContext context) {
        SDVariable p = predictions(context);
        double epsilon = argument(context);
        return math(context).log(p.rsub(1 + epsilon)).sub(math(context).log(p.add(epsilon)));
    }

    /** Poisson: e^p - y p, in full with Stirling's y log y - y + log(2 pi y) / 2. */
    private static SDVariable poissonByLabels(VjpContext context) {
        SDVariable y = labels(context);
        SDVariable plain = predictions(context).neg();
        boolean full = context.integerArguments().length > 1 && context.integerArguments()[1] != 0;
        return full ? plain.add(math(context).log(y)).add(y.rdiv(0.5)) : plain;
    }

    /** Labels pulled to one half: (1 - s) y + s / 2. */
    private static SDVariable smoothed(VjpContext context) {
        double smoothing = argument(context);
        return smoothing == 0
                ? labels(context)
                : labels(context).mul(1 - smoothing).add(smoothing / 2);
    }

    private static SDMath math(VjpContext context) {
        return context.graph().math();
    }
}
