package org.jacreg.classifier;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy and its gradient at one batch of points after another, with labels that stay: what a loop of steps needs, such
 * as an attack.
 *
 * <p>It saves what {@link Classifier#crossEntropyGradient} spends on checking and on fresh arrays. One thread at a time may use
 * an instance; several instances of one classifier may be used at once.
 */
@FunctionalInterface
public interface CrossEntropySteps {

    /**
     * Evaluates loss, logits and gradient.
     *
     * @param x {@code [N, *inputShape]} in the classifier's type, finite, {@code N} the number of labels: not checked; not
     *     modified
     * @return as {@link Classifier#crossEntropyGradient}. The arrays belong to the caller until the next call, which may
     *     overwrite them
     */
    LossGradient at(INDArray x);
}
