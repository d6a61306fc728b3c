package org.jacreg.examples.result;

import java.util.List;

/**
 * How every trained model is measured. All epsilons are in units of the input, pixels in {@code [0, 1]}.
 *
 * @param testSize test images used, a seeded sample of the test set without repetition
 * @param epsilonLinf the l_inf radius of the table; also that of adversarial training
 * @param epsilonL2 the l2 radius of the table
 * @param pgdSteps PGD steps of one start
 * @param pgdRestarts random starts of PGD
 * @param autoAttackSize how many test images, from the first of those used, AutoAttack gets
 * @param curveFactors multiples of the two radii at which the curves are measured, increasing, 1 among them
 * @param trackSize of the test images, how many are followed from epoch to epoch
 * @param trackSteps PGD steps when following the epochs
 */
public record EvaluationSettings(
        int testSize,
        double epsilonLinf,
        double epsilonL2,
        int pgdSteps,
        int pgdRestarts,
        int autoAttackSize,
        List<Double> curveFactors,
        int trackSize,
        int trackSteps) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public EvaluationSettings {
        Checks.atLeastOne("test-size", testSize);
        Checks.positive("epsilon-linf", epsilonLinf);
        Checks.positive("epsilon-l2", epsilonL2);
        Checks.atLeastOne("pgd-steps", pgdSteps);
        Checks.atLeastOne("pgd-restarts", pgdRestarts);
        Checks.atLeastOne("autoattack-size", autoAttackSize);
        curveFactors = List.copyOf(curveFactors);
        Checks.increasing("curve factors", curveFactors);
        if (!curveFactors.contains(1.0)) {
            throw new IllegalArgumentException("curve factors: expected 1 among them, got " + curveFactors);
        }
        Checks.atLeastOne("track-size", trackSize);
        Checks.atLeastOne("track-steps", trackSteps);
    }
}
