package org.jacreg.attacks;

import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of {@link Attack} for an attack in a ball; a test of one extends it with five lines. */
public abstract class AttackContract {

    /** The attack for a seed. */
    protected abstract Attack attack(long seed);

    /** The ball it must stay in. */
    protected abstract NormBall ball();

    /** Whether its labels are classes to reach. */
    protected boolean targeted() {
        return false;
    }

    /** Whether it returns the nearest success within the ball, not that of highest loss. */
    protected boolean closest() {
        return false;
    }

    /** Ranges and frozen features, for samples of {@link ContractModel#ENTRIES} entries in [0, 1]. */
    protected FeatureLimits limits() {
        return FeatureLimits.none();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContract() {
        ContractTerms terms =
                new ContractTerms(this::attack, ball().norm(), ball().epsilon(), targeted(), closest(), limits());
        boolean limited = !limits().equals(FeatureLimits.none());
        return tests(terms, limited ? ContractModel.dense() : ContractModel.all());
    }

    static Stream<DynamicTest> tests(ContractTerms terms, Stream<ContractModel> models) {
        return models.map(model -> DynamicTest.dynamicTest(model.name(), () -> new ContractChecks(terms, model).all()));
    }
}
