package org.jacreg.examples.comparison;

import java.util.List;

/**
 * How every trained network is measured.
 *
 * @param split which digits: test digits, or training digits that no method trains on
 * @param size how many digits, for clean accuracy and PGD; a seeded sample without repetition
 * @param autoAttackSize how many of these, from the first, AutoAttack gets; 0 for none
 * @param epsilons the l_inf radii, increasing
 * @param pgdSteps steps of PGD
 */
public record Exam(Split split, int size, int autoAttackSize, List<Double> epsilons, int pgdSteps) {

    /** Where the digits come from. */
    public enum Split {
        /** MNIST's test file. */
        TEST,
        /** Digits of the training file that are not trained on: for choosing strengths. */
        VALIDATION
    }

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public Exam {
        Need.that(size >= 1, "test-size: at least 1", size);
        Need.that(autoAttackSize >= 0 && autoAttackSize <= size, "autoattack-size: 0 to test-size", autoAttackSize);
        epsilons = List.copyOf(epsilons);
        Need.that(!epsilons.isEmpty(), "epsilons: at least one", epsilons);
        double before = 0;
        for (double epsilon : epsilons) {
            Need.that(epsilon > before && epsilon <= 1, "epsilons: increasing, above 0, at most 1", epsilons);
            before = epsilon;
        }
        Need.that(pgdSteps >= 1, "pgd-steps: at least 1", pgdSteps);
    }
}
