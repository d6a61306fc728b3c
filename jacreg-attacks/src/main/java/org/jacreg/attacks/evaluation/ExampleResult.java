package org.jacreg.attacks.evaluation;

import java.util.List;
import java.util.Optional;
import org.jacreg.attacks.threat.Norm;

/**
 * What an evaluation found for one example.
 *
 * @param label the true class
 * @param cleanPrediction the class predicted at the input itself; the first class wins a tie
 * @param cleanLoss the cross-entropy with {@code label} at the input itself
 * @param trials every attack on this example, in the order in which they ran; none if it is classified wrongly as it is
 */
public record ExampleResult(int label, int cleanPrediction, double cleanLoss, List<Trial> trials) {

    /** Copies the list. */
    public ExampleResult {
        trials = List.copyOf(trials);
    }

    /**
     * Whether the input itself is classified correctly.
     *
     * @return true if {@code cleanPrediction} equals {@code label}
     */
    public boolean cleanCorrect() {
        return cleanPrediction == label;
    }

    /**
     * The smallest epsilon of the evaluation at which any attack broke this example: the worst case over the attacks.
     *
     * @return 0 if it is classified wrongly as it is, infinite if no attack succeeded
     */
    public double brokenAt() {
        if (!cleanCorrect()) {
            return 0;
        }
        return trials.stream().mapToDouble(Trial::breaksAt).min().orElse(Double.POSITIVE_INFINITY);
    }

    /**
     * The attack that broke this example at {@link #brokenAt()}, the first of them if there are several.
     *
     * @return the attack's name; empty if no attack was needed or none succeeded
     */
    public Optional<String> brokenBy() {
        double least = brokenAt();
        return trials.stream()
                .filter(trial -> trial.breaksAt() == least && least < Double.POSITIVE_INFINITY)
                .map(Trial::attack)
                .findFirst();
    }

    /**
     * One attack on one example.
     *
     * @param attack the attack's name
     * @param epsilon the radius that was searched; infinite for a minimum-norm attack, which serves all epsilons at once
     * @param success whether the returned point is classified wrongly, as the evaluation itself found
     * @param breaksAt the smallest epsilon of the evaluation whose ball holds the returned point, if it is a success; infinite
     *     otherwise. May be smaller than {@code epsilon}
     * @param linf the largest absolute entry of the returned perturbation
     * @param l2 its Euclidean norm
     * @param l1 the sum of its absolute entries
     * @param loss the cross-entropy with the true class at the returned point; NaN if the search failed
     * @param gradients how many gradients the attack computed for this example
     * @param forwards how many times it evaluated the model without a gradient
     * @param zeroGradients how many of the gradients were exactly zero
     * @param notFinite whether the search failed because the model's logits or gradients were NaN or infinite; it then proves
     *     nothing, and the other numbers are 0
     */
    public record Trial(
            String attack,
            double epsilon,
            boolean success,
            double breaksAt,
            double linf,
            double l2,
            double l1,
            double loss,
            int gradients,
            int forwards,
            int zeroGradients,
            boolean notFinite) {

        /**
         * The size of the returned perturbation.
         *
         * @param norm the norm to measure in
         * @return the distance between the input and the returned point
         */
        public double distance(Norm norm) {
            return switch (norm) {
                case LINF -> linf;
                case L2 -> l2;
                case L1 -> l1;
            };
        }

        Trial breakingAt(double smallest) {
            return new Trial(
                    attack,
                    epsilon,
                    success,
                    smallest,
                    linf,
                    l2,
                    l1,
                    loss,
                    gradients,
                    forwards,
                    zeroGradients,
                    notFinite);
        }
    }
}
