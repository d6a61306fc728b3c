package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.Nested;

/** The attacks of this package, held to the contract. */
class AttacksKeepTheContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[] {0, 0, 0, -1, 0, 0}, new double[] {1, 2, 1, 1, 1, 1})
            .withFrozen(false, true, false, false, true, false);

    @Nested
    class PgdLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball()).steps(6).restarts(3).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class PgdL2 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball()).steps(6).restarts(3).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class PgdL2Rescaled extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball())
                    .steps(6)
                    .seed(seed)
                    .projection(Projection.RESCALE_THEN_CLIP)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class PgdTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball()).steps(6).seed(seed).targeted(true).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class PgdFromTheInput extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball()).steps(6).randomStart(false).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class FgsmLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fgsm.in(ball()).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class FgsmL2 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fgsm.in(ball()).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class FgsmTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fgsm.in(ball()).targeted(true).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class ApgdLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(ball()).iterations(12).restarts(2).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class ApgdL2 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(ball()).iterations(12).loss(Apgd.Loss.DLR).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class ApgdL1 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(ball()).iterations(12).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.7);
        }
    }

    @Nested
    class ApgdTargetedRatio extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(ball())
                    .iterations(12)
                    .loss(Apgd.Loss.TARGETED_DLR)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class ApgdToTargets extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(ball())
                    .iterations(12)
                    .targeted(true)
                    .untilBudget(true)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class PgdL1 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(ball()).steps(6).restarts(2).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.7);
        }
    }

    @Nested
    class PgdLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(new ThreatModel(ball(), limits())).steps(6).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class PgdL2Limited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Pgd.in(new ThreatModel(ball(), limits()))
                    .steps(6)
                    .projection(Projection.RESCALE_THEN_CLIP)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class FgsmL1 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fgsm.in(ball()).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.7);
        }
    }

    @Nested
    class FgsmLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fgsm.in(new ThreatModel(ball(), limits())).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class BimLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Bim.in(ball()).steps(5).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class BimL1Limited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Bim.in(new ThreatModel(ball(), limits())).steps(5).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.7);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class MiFgsmLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return MiFgsm.in(ball()).steps(5).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class MiFgsmToTargets extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return MiFgsm.in(ball()).steps(5).targeted(true).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class ApgdLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Apgd.in(new ThreatModel(ball(), limits()))
                    .iterations(12)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.7);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }
}
