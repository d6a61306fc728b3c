package org.jacreg.vjp;

import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.loss.SoftmaxCrossEntropyWithLogitsLoss;

/**
 * Rows of the table: losses that keep one value per entry or per sample, with predictions and labels that both depend on the
 * input. Sums and means are in {@link LossModesTest}.
 *
 * <p>Second order is tested where nothing depends on the loss's own value: ND4J's gradients of losses ignore the gradient
 * that reaches them.
 */
final class LossSpecs {

    private static final LossReduce KEPT = LossReduce.NONE;

    private LossSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                row("squared error", "mean_sqerr_loss", (sd, x) -> sd.loss().meanSquaredError(y(sd, x), x, null, KEPT)),
                row(
                        "squared error, weighted",
                        "mean_sqerr_loss",
                        (sd, x) -> sd.loss()
                                .meanSquaredError(
                                        y(sd, x), x, sd.constant(OpSpec.random(new Random(6), 0.5, 2, 1, 4)), KEPT)),
                row(
                        "squared error, all weighted by 3",
                        "mean_sqerr_loss",
                        (sd, x) -> sd.loss().meanSquaredError(y(sd, x), x, sd.constant(3.0), KEPT)),
                row(
                        "absolute difference",
                        "absolute_difference_loss",
                        (sd, x) ->
                                sd.loss().absoluteDifference(y(sd, x), sd.math().square(x), null, KEPT)),
                row("huber", "huber_loss", (sd, x) -> sd.loss().huberLoss(y(sd, x), x, null, KEPT, 0.8)),
                row(
                        "hinge",
                        "hinge_loss",
                        (sd, x) -> sd.loss().hingeLoss(y(sd, x), sd.math().square(x), null, KEPT)),
                row(
                        "log loss",
                        "log_loss",
                        (sd, x) -> sd.loss().logLoss(y(sd, x), sd.nn().sigmoid(x), null, KEPT, 1e-3)),
                row("poisson", "log_poisson_loss", (sd, x) -> sd.loss().logPoisson(y(sd, x), x, null, KEPT, false)),
                row(
                        "poisson in full",
                        "log_poisson_loss",
                        (sd, x) -> sd.loss().logPoisson(y(sd, x), x, null, KEPT, true)),
                row(
                        "sigmoid cross-entropy",
                        "sigm_cross_entropy_loss",
                        (sd, x) -> sd.loss().sigmoidCrossEntropy(y(sd, x), x, null, KEPT, 0)),
                row(
                        "sigmoid cross-entropy, smoothed",
                        "sigm_cross_entropy_loss",
                        (sd, x) -> sd.loss().sigmoidCrossEntropy(y(sd, x), x, null, KEPT, 0.2)),
                row(
                        "softmax cross-entropy",
                        "softmax_cross_entropy_loss",
                        (sd, x) -> sd.loss().softmaxCrossEntropy(y(sd, x), x, null, KEPT, 0)),
                row(
                        "softmax cross-entropy, smoothed",
                        "softmax_cross_entropy_loss",
                        (sd, x) -> sd.loss().softmaxCrossEntropy(y(sd, x), x, null, KEPT, 0.2)),
                row("cross-entropy with logits", "softmax_cross_entropy_loss_with_logits", LossSpecs::withLogits),
                OpSpec.of(
                        "cross-entropy with logits of channels",
                        "softmax_cross_entropy_loss_with_logits",
                        LossSpecs::withLogits,
                        4,
                        2),
                row("sparse cross-entropy", "sparse_softmax_cross_entropy_loss_with_logits", LossSpecs::sparse),
                row(
                        "cosine distance",
                        "cosine_distance_loss",
                        (sd, x) -> sd.loss().cosineDistance(y(sd, x), sd.math().square(x), null, KEPT, 1)),
                row(
                        "pairwise error",
                        "mean_pairwssqerr_loss",
                        (sd, x) -> sd.loss().meanPairwiseSquaredError(y(sd, x), x, null, KEPT)));
    }

    private static OpSpec row(String label, String opName, OpSpec.Op op) {
        return OpSpec.of(label, opName, op, 4);
    }

    private static SDVariable withLogits(SameDiff sd, SDVariable x) {
        return new SoftmaxCrossEntropyWithLogitsLoss(sd, x, y(sd, x), 1).outputVariable();
    }

    private static SDVariable sparse(SameDiff sd, SDVariable x) {
        SDVariable classes = sd.argmax(sd.math().sin(x.mul(3)), 1).castTo(DataType.INT32);
        return sd.loss().sparseSoftmaxCrossEntropy(x, classes);
    }

    private static SDVariable y(SameDiff sd, SDVariable x) {
        return sd.nn().sigmoid(x.mul(2).add(0.5));
    }
}
