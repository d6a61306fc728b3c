package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.Nested;

/** The attacks that need no gradients, held to the contract. */
class BlackBoxContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[] {0, 0, 0, -1, 0, 0}, new double[] {1, 1, 1, 2, 1, 1})
            .withFrozen(false, true, false, false, false, true);

    @Nested
    class SquareLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Square.in(ball()).queries(15).restarts(2).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class SquareL2 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Square.in(ball()).queries(15).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class SquareL1 extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Square.in(ball()).queries(15).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.6);
        }
    }

    @Nested
    class SquareTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Square.in(ball()).queries(15).seed(seed).targeted(true).build();
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
    class SquareLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Square.in(new ThreatModel(ball(), limits()))
                    .queries(15)
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
    class Uniform extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return UniformNoise.in(ball()).repeats(8).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(0.4);
        }
    }

    @Nested
    class GaussianLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return GaussianNoise.in(new ThreatModel(ball(), limits()))
                    .repeats(8)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.6);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class SpsaLinf extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Spsa.in(ball()).steps(4).samples(12).restarts(2).seed(seed).build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(0.15);
        }
    }

    @Nested
    class SpsaTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Spsa.in(ball())
                    .steps(4)
                    .samples(12)
                    .update(Spsa.Update.STEEPEST)
                    .targeted(true)
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
    class SpsaLimited extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Spsa.in(new ThreatModel(ball(), limits()))
                    .steps(4)
                    .samples(12)
                    .seed(seed)
                    .build();
        }

        @Override
        protected NormBall ball() {
            return NormBall.l1(0.6);
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class HopSkipJumpL2 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return HopSkipJump.l2()
                    .iterations(4)
                    .initialEvaluations(20)
                    .seed(seed)
                    .build();
        }
    }

    @Nested
    class HopSkipJumpLinf extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return HopSkipJump.linf()
                    .iterations(4)
                    .initialEvaluations(20)
                    .seed(seed)
                    .build();
        }
    }

    @Nested
    class HopSkipJumpTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return HopSkipJump.l2()
                    .iterations(4)
                    .initialEvaluations(20)
                    .targeted(true)
                    .seed(seed)
                    .build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class HopSkipJumpLimited extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return HopSkipJump.linf()
                    .iterations(3)
                    .initialEvaluations(20)
                    .limits(limits())
                    .seed(seed)
                    .build();
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }
}
