package org.jacreg.attacks;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestFactory;

/** The attacks that look for the nearest error, held to the contract. */
class MinimumNormAttacksKeepTheContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[6], new double[] {1, 1, 1, 1, 1, 1})
            .withFrozen(false, true, false, false, false, true);

    @Nested
    class FabLinf extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.linf().steps(5).restarts(2).seed(seed).build();
        }
    }

    @Nested
    class FabL2 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.l2().steps(5).restarts(2).seed(seed).build();
        }
    }

    @Nested
    class FabL1 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.l1().steps(5).restarts(2).seed(seed).build();
        }
    }

    @Nested
    class FabOverClasses extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.l2().steps(4).targetClasses(2).restarts(2).seed(seed).build();
        }
    }

    @Nested
    class FabTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.l2().steps(5).targeted(true).seed(seed).build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class FabLimited extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fab.l1().steps(5).restarts(2).limits(LIMITS).seed(seed).build();
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class FabWithin extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fab.linf().steps(5).restarts(2).seed(seed).build().within(.15);
        }

        @Override
        protected NormBall ball() {
            return NormBall.linf(.15);
        }

        @Override
        protected boolean closest() {
            return true;
        }
    }

    @Nested
    class FabWithinTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Fab.l2()
                    .steps(5)
                    .restarts(2)
                    .targeted(true)
                    .seed(seed)
                    .build()
                    .within(.4);
        }

        @Override
        protected NormBall ball() {
            return NormBall.l2(.4);
        }

        @Override
        protected boolean closest() {
            return true;
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class FmnLinf extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fmn.linf().steps(8).build();
        }
    }

    @Nested
    class FmnL1 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fmn.l1().steps(8).build();
        }
    }

    @Nested
    class FmnTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fmn.l2().steps(8).targeted(true).build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class FmnLimited extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Fmn.l2().steps(8).limits(LIMITS).build();
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class DeepFoolL2 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return DeepFool.l2().steps(6).build();
        }
    }

    @Nested
    class DeepFoolLinfTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return DeepFool.linf().steps(6).targeted(true).build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }
    }

    @Nested
    class DeepFoolLimited extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return DeepFool.l2().steps(6).limits(LIMITS).build();
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class DdnL2 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Ddn.l2().steps(8).build();
        }
    }

    @Nested
    class DdnTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return Ddn.l2().steps(8).targeted(true).limits(LIMITS).build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class CarliniWagnerL2 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return CarliniWagner.l2()
                    .steps(8)
                    .searches(4)
                    .weight(.1)
                    .stepSize(.05)
                    .build();
        }
    }

    @Nested
    class CarliniWagnerTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return CarliniWagner.l2()
                    .steps(8)
                    .searches(4)
                    .weight(1)
                    .stepSize(.05)
                    .targeted(true)
                    .limits(LIMITS)
                    .build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class ElasticNetL1 extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return ElasticNet.l1().steps(8).searches(3).weight(1).stepSize(.05).build();
        }
    }

    @Nested
    class ElasticNetTargeted extends MinimumNormContract {
        @Override
        protected MinimumNormAttack attack(long seed) {
            return ElasticNet.l1()
                    .steps(8)
                    .searches(3)
                    .weight(1)
                    .stepSize(.05)
                    .targeted(true)
                    .limits(LIMITS)
                    .build();
        }

        @Override
        protected boolean targeted() {
            return true;
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }

    @Nested
    class JsmaIncreasing {

        /** There is no ball, but no point is farther away than two entries in each of {@code floor(gamma D / 2)} steps can bring it. */
        @TestFactory
        Stream<DynamicTest> keepsTheContract() {
            return ContractModel.all()
                    .map(model -> DynamicTest.dynamicTest(model.name(), () -> {
                        long entries =
                                Arrays.stream(model.classifier().inputShape()).reduce(1, (a, b) -> a * b);
                        double farthest = 2 * Math.floor(.7 * entries / 2) * .4;
                        new ContractChecks(new ContractTerms(this::attack, Norm.L1, farthest, false, true), model)
                                .all();
                    }));
        }

        private Attack attack(long seed) {
            return Jsma.l0().theta(.4).gamma(.7).build();
        }
    }

    @Nested
    class JsmaTargeted extends AttackContract {
        @Override
        protected Attack attack(long seed) {
            return Jsma.l0().theta(-.4).gamma(.7).targeted(true).limits(LIMITS).build();
        }

        /** As far as two entries in each of {@code floor(.7 * 6 / 2)} steps can bring a point of six entries. */
        @Override
        protected NormBall ball() {
            return NormBall.l1(4 * .4);
        }

        @Override
        protected boolean closest() {
            return true;
        }

        @Override
        protected boolean targeted() {
            return true;
        }

        @Override
        protected FeatureLimits limits() {
            return LIMITS;
        }
    }
}
