package org.jacreg.graph;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a loss op of ND4J has its predictions and its labels.
 *
 * @param opName the op
 * @param predictions index of the input that holds logits or predictions
 * @param labels index of the input that holds the labels
 * @param takesProbabilities whether the predictions are probabilities, so that logits are to be sought behind a softmax
 */
record LossOp(String opName, int predictions, int labels, boolean takesProbabilities) {

    /** ND4J's order is (predictions, weights, labels), except in the two softmax ops "with logits". */
    private static final Map<String, LossOp> KNOWN = Stream.of(
                    new LossOp("softmax_cross_entropy_loss", 0, 2, false),
                    new LossOp("sigm_cross_entropy_loss", 0, 2, false),
                    new LossOp("mean_sqerr_loss", 0, 2, false),
                    new LossOp("absolute_difference_loss", 0, 2, false),
                    new LossOp("huber_loss", 0, 2, false),
                    new LossOp("hinge_loss", 0, 2, false),
                    new LossOp("cosine_distance_loss", 0, 2, false),
                    new LossOp("log_poisson_loss", 0, 2, false),
                    new LossOp("mean_pairwssqerr_loss", 0, 2, false),
                    new LossOp("log_loss", 0, 2, true),
                    new LossOp("softmax_cross_entropy_loss_with_logits", 0, 1, false),
                    new LossOp("sparse_softmax_cross_entropy_loss_with_logits", 1, 0, false),
                    new LossOp("weighted_cross_entropy_with_logits", 0, 2, false))
            .collect(Collectors.toUnmodifiableMap(LossOp::opName, op -> op));

    static Optional<LossOp> of(GraphOp op) {
        return Optional.ofNullable(KNOWN.get(op.opName())).filter(loss -> loss.fits(op));
    }

    private boolean fits(GraphOp op) {
        return op.inputs().size() > Math.max(predictions, labels);
    }

    String predictionsOf(GraphOp op) {
        return op.inputs().get(predictions);
    }

    String labelsOf(GraphOp op) {
        return op.inputs().get(labels);
    }
}
