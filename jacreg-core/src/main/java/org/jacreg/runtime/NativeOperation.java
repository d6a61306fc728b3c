package org.jacreg.runtime;

import org.nd4j.autodiff.loss.LossReduce;

/** What a {@link Native} instruction does. */
sealed interface NativeOperation {

    /** {@code sum(a * b)} over all entries. */
    record Dot() implements NativeOperation {}

    /**
     * Softmax cross-entropy of logits {@code [N, C]} with labels {@code [N, C]}, weighted by a number; inputs in ND4J's order:
     * logits, weight, labels. The loss if {@code gradient} is false, else its gradient by the logits.
     */
    record CrossEntropy(LossReduce reduction, float smoothing, boolean gradient) implements NativeOperation {}
}
