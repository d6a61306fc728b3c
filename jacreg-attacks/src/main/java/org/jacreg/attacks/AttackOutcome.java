package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;

/**
 * What an attack found for one example.
 *
 * @param label the class given to the attack: the true class, or the target
 * @param cleanPrediction the class predicted at the input itself; the first class wins a tie
 * @param prediction the class predicted at the returned point
 * @param success whether {@code prediction} differs from {@code label}; in a targeted attack, whether it equals {@code
 *     label}. An input that fulfils this already is a success at distance 0
 * @param cleanLoss the cross-entropy with {@code label} at the input itself
 * @param loss the cross-entropy with {@code label} at the returned point
 * @param extremeLoss the highest cross-entropy with {@code label} (targeted: the lowest) at any point evaluated inside
 *     ball and box, whether or not that point was a success
 * @param linf the largest absolute entry of the returned perturbation
 * @param l2 the Euclidean norm of the returned perturbation
 * @param l1 the sum of the absolute entries of the returned perturbation
 * @param l0 how many entries of the returned point differ from the input
 * @param firstDistance the distance, in the attack's norm, of the first success met; infinite if there was none
 * @param gradients how many gradients were computed for this example
 * @param forwards how many times the model was evaluated for this example without a gradient
 * @param zeroGradients how many of the gradients were exactly zero: a sign that the loss is saturated and that failure
 *     says little about robustness
 */
public record AttackOutcome(
        int label,
        int cleanPrediction,
        int prediction,
        boolean success,
        double cleanLoss,
        double loss,
        double extremeLoss,
        double linf,
        double l2,
        double l1,
        int l0,
        double firstDistance,
        int gradients,
        int forwards,
        int zeroGradients) {

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

    /**
     * Whether the attack had no gradient to follow at all.
     *
     * @return true if gradients were computed and every one was zero
     */
    public boolean gradientVanished() {
        return gradients > 0 && zeroGradients == gradients;
    }
}
