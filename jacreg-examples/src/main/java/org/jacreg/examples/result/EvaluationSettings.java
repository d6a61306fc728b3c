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
 * @param trackSteps PGD steps when following the epochs and measuring gaps
 * @param gapSize images on either side of a gap: of those trained on, and of the test images
 * @param certifySize how many test images, from the first of those used, are certified
 * @param delta the probability with which each bound of a gap may fail
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
        int trackSteps,
        int gapSize,
        int certifySize,
        double delta) {

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
        Checks.atLeastOne("gap-size", gapSize);
        Checks.atLeastOne("certify-size", certifySize);
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta: expected a number between 0 and 1, got " + delta);
        }
    }

    /**
     * The largest radius that the curves show.
     *
     * @param norm the norm
     * @return the last of the curve factors times the norm's radius of the table
     */
    public double largestRadius(AttackNorm norm) {
        return curveFactors.get(curveFactors.size() - 1) * radius(norm);
    }

    /**
     * The radius of the table.
     *
     * @param norm the norm
     * @return epsilon
     */
    public double radius(AttackNorm norm) {
        return norm == AttackNorm.LINF ? epsilonLinf : epsilonL2;
    }
}
