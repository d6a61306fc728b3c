package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.Nested;

/** AutoAttack, held to the contract of its parts. */
class AutoAttackContractTest {

    private static Attack quick(ThreatModel threat, AutoAttack.Version version, long seed) {
        return AutoAttack.in(threat)
                .version(version)
                .iterations(6)
                .queries(12)
                .seed(seed)
                .build();
    }

    @Nested
    class StandardLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return quick(ThreatModel.of(ball()), AutoAttack.Version.STANDARD, seed);
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(.1);
        }
    }

    @Nested
    class PlusL2 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return quick(ThreatModel.of(ball()), AutoAttack.Version.PLUS, seed);
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(.3);
        }
    }

    @Nested
    class StandardL1 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return quick(ThreatModel.of(ball()), AutoAttack.Version.STANDARD, seed);
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(.5);
        }
    }

    @Nested
    class StandardLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return quick(new ThreatModel(ball(), limits()), AutoAttack.Version.STANDARD, seed);
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(.15);
        }

        @Override
        protected FeatureLimits limits() {
            return FeatureLimits.none().withFrozen(false, true, false, false, true, false);
        }
    }
}
