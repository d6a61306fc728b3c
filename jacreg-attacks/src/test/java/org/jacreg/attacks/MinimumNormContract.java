package org.jacreg.attacks;

import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of {@link Attack} for an attack that has no ball; a test of one extends it with five lines. */
public abstract class MinimumNormContract {

    /** The attack for a seed. */
    protected abstract MinimumNormAttack attack(long seed);

    /** Whether its labels are classes to reach. */
    protected boolean targeted() {
        return false;
    }

    /** Ranges and frozen features, for samples of {@link ContractModel#ENTRIES} entries in [0, 1]. */
    protected FeatureLimits limits() {
        return FeatureLimits.none();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContract() {
        ContractTerms terms =
                new ContractTerms(this::attack, attack(0).norm(), Double.POSITIVE_INFINITY, targeted(), true, limits());
        boolean limited = !limits().equals(FeatureLimits.none());
        return AttackContract.tests(terms, limited ? ContractModel.dense() : ContractModel.all());
    }
}
