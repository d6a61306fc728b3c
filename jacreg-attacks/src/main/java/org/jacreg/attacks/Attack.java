package org.jacreg.attacks;

import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A search for adversarial examples.
 *
 * <p>An attack is its configuration: it holds no state between calls, so one instance may be used for many batches and by
 * several threads. Its {@code toString} is the whole configuration. The batch is attacked as one, so memory grows with it;
 * {@link org.jacreg.attacks.evaluation.RobustEvaluation} cuts large sets into batches. Every implementation keeps this
 * contract:
 *
 * <ul>
 *   <li>returned points lie in the attack's ball around the input (up to the rounding of the type) and exactly in the
 *       classifier's box;
 *   <li>arguments are not modified;
 *   <li>the same arguments give the same result, and a sample's result does not depend on the samples beside it (up to
 *       the rounding of the model, whose matrix products may be summed in another order in another batch);
 *   <li>a returned point is no worse for the attacker than the input itself;
 *   <li>{@link AttackOutcome#success()} tells the truth about the returned point.
 * </ul>
 */
@FunctionalInterface
public interface Attack {

    /**
     * Attacks a batch.
     *
     * @param model the classifier; its box bounds the search
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y labels, one-hot {@code [N, C]} or sparse {@code [N]}: the true classes, or the classes to reach when the
     *     attack is targeted; not modified
     * @return what was found, arrays fresh and in the model's type
     * @throws IllegalArgumentException if the batch is empty, a shape does not fit, an input is NaN or outside the box,
     *     a label is no class, or there are fewer than two classes
     * @throws ArithmeticException if the model's logits or gradients are not finite
     */
    default AttackResult attack(Classifier model, INDArray x, INDArray y) {
        return attack(model, x, y, ProgressListener.none());
    }

    /**
     * Attacks a batch.
     *
     * @param model the classifier; its box bounds the search
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y labels, one-hot {@code [N, C]} or sparse {@code [N]}: the true classes, or the classes to reach when the
     *     attack is targeted; not modified
     * @param listener hears of every step and may cancel
     * @return what was found, arrays fresh and in the model's type
     * @throws IllegalArgumentException if the batch is empty, a shape does not fit, an input is NaN or outside the box,
     *     a label is no class, or there are fewer than two classes
     * @throws ArithmeticException if the model's logits or gradients are not finite
     * @throws java.util.concurrent.CancellationException if the listener cancels
     */
    AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener);
}
