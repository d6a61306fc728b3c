package org.jacreg.attacks.evaluation;

import java.util.List;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.classifier.Classifier;

/**
 * What an evaluation does, fixed before its first batch.
 *
 * @param model the classifier
 * @param contenders the attacks, in order
 * @param settings the same for the report
 * @param listener who hears of progress and may cancel
 */
record Plan(Classifier model, List<Contender> contenders, EvaluationSettings settings, ProgressListener listener) {

    List<Double> epsilons() {
        return settings.epsilons();
    }

    /** Whether the listener, or an interrupt of this thread, asks to stop; the interrupt stays set. */
    boolean stopped() {
        return listener.isCancelled() || Thread.currentThread().isInterrupted();
    }

    /** The smallest epsilon whose ball holds a point at some distance; infinite if none does. */
    double smallestEpsilonAround(double distance) {
        return epsilons().stream()
                .filter(epsilon -> distance <= epsilon)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
