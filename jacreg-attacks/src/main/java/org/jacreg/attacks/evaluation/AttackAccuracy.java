package org.jacreg.attacks.evaluation;

import java.util.OptionalDouble;
import org.jacreg.report.ConfidenceInterval;

/**
 * The accuracy under one attack alone at one epsilon, as far as it is known.
 *
 * <p>By default an attack runs only on examples that the attacks before it left standing, so that for the others it is
 * unknown whether this attack would have broken them; {@link RobustEvaluation#everyAttackOnEveryExample()} leaves none
 * unknown.
 *
 * @param attack the attack's name
 * @param epsilon the radius
 * @param configuration the attack's whole configuration
 * @param examples the number of examples
 * @param robust how many are classified correctly and withstood this attack up to this radius
 * @param unknown on how many this attack was not tried
 * @param interval what the shares {@code robust} and {@code robust + unknown} say about the population: from the lower end of
 *     the one's interval to the upper end of the other's
 */
public record AttackAccuracy(
        String attack,
        double epsilon,
        String configuration,
        long examples,
        long robust,
        long unknown,
        ConfidenceInterval interval) {

    /**
     * The accuracy under this attack alone.
     *
     * @return a number in [0, 1]; empty if it is unknown for some example
     */
    public OptionalDouble accuracy() {
        return unknown == 0 ? OptionalDouble.of(lower()) : OptionalDouble.empty();
    }

    /**
     * The least that the accuracy under this attack alone can be.
     *
     * @return {@code robust / examples}
     */
    public double lower() {
        return robust / (double) examples;
    }

    /**
     * The most that the accuracy under this attack alone can be.
     *
     * @return {@code (robust + unknown) / examples}
     */
    public double upper() {
        return (robust + unknown) / (double) examples;
    }
}
