package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Losses of a row of predictions: cross-entropies with a softmax, cosine distances, mean pairwise errors.
 *
 * <p>{@code l = -sum_c y_c log softmax(x)_c} has {@code dl/dx = softmax(x) sum(y) - y} and {@code dl/dy = -log softmax(x)}. Why
 * they are written out of forward ops, and in which order their inputs come: {@link LossRules}.
 */
final class RowLossRules {

    private RowLossRules() {}

    static void register(VjpRules.Builder rules) {
        reduced(
                rules,
                "softmax_cross_entropy_loss",
                c -> byLogits(c, smoothed(c), last(c)),
                c -> logSoftmax(c, last(c)).mul(smoothing(c) - 1));
        reduced(
                rules,
                "cosine_distance_loss",
                c -> c.input(2).neg(),
                c -> c.input(0).neg());
        reduced(
                rules,
                "mean_pairwssqerr_loss",
                RowLossRules::deviations,
                c -> deviations(c).neg());
        rules.rules(
                        "softmax_cross_entropy_loss_with_logits",
                        OpKind.BESPOKE,
                        Map.of(0, RowLossRules::keptByLogits, 1, RowLossRules::keptByLabels))
                .rules(
                        "sparse_softmax_cross_entropy_loss_with_logits",
                        OpKind.BESPOKE,
                        Map.of(1, RowLossRules::sparseByLogits));
    }

    /** Registers a loss that is weighted and reduced, by predictions and by labels. */
    private static void reduced(
            VjpRules.Builder rules,
            String opName,
            Function<VjpContext, SDVariable> byPredictions,
            Function<VjpContext, SDVariable> byLabels) {
        rules.rules(
                opName,
                OpKind.BESPOKE,
                Map.of(
                        0, (context, ct) -> times(context, ct, byPredictions.apply(context)),
                        2, (context, ct) -> times(context, ct, byLabels.apply(context))));
    }

    private static SDVariable times(VjpContext context, SDVariable ct, SDVariable derivative) {
        int axis = foldedAxis(context);
        context.requireNotBatchAxis(axis);
        SDVariable ones = Ones.like(context.input(0));
        // Only the shape is used: one loss per row.
        SDVariable losses =
                context.inputSpec(0).dim(axis) == 1 ? ones : context.graph().mean(ones, true, axis);
        SDVariable seed = LossSeed.of(context, ct, losses);
        return LossSeed.mode(context) == LossReduce.NONE
                ? spread(context, seed, derivative, 0, axis)
                : derivative.mul(seed);
    }

    /** Multiplies the cotangents of the rows by the derivatives of their entries. */
    private static SDVariable spread(
            VjpContext context, SDVariable rows, SDVariable derivative, int predictions, int axis) {
        long[] full = context.inputSpec(predictions).toArray();
        long[] column = full.clone();
        column[axis] = 1;
        return context.perCotangent(context.graph().reshape(rows, column), column, full, c -> c.mul(derivative));
    }

    private static int foldedAxis(VjpContext context) {
        int rank = context.inputSpec(0).rank();
        long[] arguments = context.integerArguments();
        boolean given = context.function().opName().equals("cosine_distance_loss") && arguments.length > 1;
        return given ? Math.floorMod((int) arguments[1], rank) : rank - 1;
    }

    private static SDVariable keptByLogits(VjpContext context, SDVariable ct) {
        int axis = classAxis(context);
        return spread(context, ct, byLogits(context, context.input(1), axis), 0, axis);
    }

    private static SDVariable keptByLabels(VjpContext context, SDVariable ct) {
        int axis = classAxis(context);
        return spread(context, ct, logSoftmax(context, axis).neg(), 0, axis);
    }

    /** Labels are class numbers, and come before the logits. */
    private static SDVariable sparseByLogits(VjpContext context, SDVariable ct) {
        TensorSpec logits = context.inputSpec(1);
        int axis = logits.rank() - 1;
        SameDiff sd = context.graph();
        SDVariable labels = sd.oneHot(context.input(0), (int) logits.dim(axis), axis, 1, 0, logits.dataType());
        SDVariable derivative = sd.nn().softmax(context.input(1), axis).sub(labels);
        return spread(context, ct, derivative, 1, axis);
    }

    /** softmax(x) sum(y) - y. */
    private static SDVariable byLogits(VjpContext context, SDVariable labels, int axis) {
        SameDiff sd = context.graph();
        SDVariable total = context.inputSpec(0).dim(axis) == 1 ? labels : sd.sum(labels, true, axis);
        return sd.nn().softmax(context.input(0), axis).mul(total).sub(labels);
    }

    /** ND4J 1.0.0-M2.1 cannot copy the graph of its own op where that has an axis. */
    private static SDVariable logSoftmax(VjpContext context, int axis) {
        SameDiff sd = context.graph();
        SDVariable x = context.input(0);
        return axis == last(context)
                ? sd.nn().logSoftmax(x)
                : sd.math().log(sd.nn().softmax(x, axis));
    }

    /**
     * With e = p - y, ND4J computes 4 (sum(e^2) - sum(e)^2 / n) / (n - 1), twice the mean of (e_i - e_j)^2 over pairs; its
     * derivative is 8 (e_i - mean(e)) / (n - 1).
     */
    private static SDVariable deviations(VjpContext context) {
        TensorSpec in = context.inputSpec(0);
        if (in.rank() != 2 || in.dim(1) < 2) {
            throw new IllegalArgumentException(context.describe() + " has predictions of shape "
                    + Arrays.toString(in.toArray()) + "; only rows of two and more are supported");
        }
        SDVariable error = context.input(0).sub(context.input(2));
        SDVariable mean = context.graph().mean(error, true, 1);
        return error.sub(mean).mul(8.0 / (in.dim(1) - 1));
    }

    private static int last(VjpContext context) {
        return context.inputSpec(0).rank() - 1;
    }

    private static int classAxis(VjpContext context) {
        int rank = context.inputSpec(0).rank();
        long[] arguments = context.integerArguments();
        int axis = arguments.length == 0 ? rank - 1 : Math.floorMod((int) arguments[0], rank);
        context.requireNotBatchAxis(axis);
        return axis;
    }

    private static double smoothing(VjpContext context) {
        double[] arguments = ((DynamicCustomOp) context.function()).tArgs();
        return arguments.length == 0 ? 0 : arguments[arguments.length - 1];
    }

    /** Labels pulled to the mean: (1 - s) y + s / C. */
    private static SDVariable smoothed(VjpContext context) {
        double smoothing = smoothing(context);
        TensorSpec labels = context.inputSpec(2);
        return smoothing == 0
                ? context.input(2)
                : context.input(2).mul(1 - smoothing).add(smoothing / labels.dim(labels.rank() - 1));
    }
}
