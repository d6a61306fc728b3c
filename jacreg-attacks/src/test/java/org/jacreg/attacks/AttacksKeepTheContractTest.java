package org.jacreg.attacks;

import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.junit.jupiter.api.Nested;

/** The attacks of this package, held to the contract. */
class AttacksKeepTheContractTest {

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
    class Bim extends AttackContract {
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
}
