package org.jacreg.attacks;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The attacks that look for the nearest error, held to the contract. */
class MinimumNormAttacksKeepTheContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[6], new double[] {1, 1, 1, 1, 1, 1})
            .withFrozen(false, true, false, false, false, true);

    /** JSMA has no ball, but no point is farther away than two entries in each of {@code floor(gamma D / 2)} steps can bring it. */
    @TestFactory
    Stream<DynamicTest> increasingJsmaKeepsTheContract() {
        return ContractModel.all()
                .map(model -> DynamicTest.dynamicTest(model.name(), () -> {
                    long entries =
                            Arrays.stream(model.classifier().inputShape()).reduce(1, (a, b) -> a * b);
                    double farthest = 2 * Math.floor(.7 * entries / 2) * .4;
                    ContractTerms terms = new ContractTerms(
                            seed -> Jsma.l0().theta(.4).gamma(.7).build(), Norm.L1, farthest, false, true);
                    new ContractChecks(terms, model).all();
                }));
    }

    @TestFactory
    Stream<DynamicNode> keepTheContract() {
        return AttackContract.tests(
                AttackContract.minimumNorm(
                        "FabLinf",
                        seed -> Fab.linf().steps(5).restarts(2).seed(seed).build()),
                AttackContract.minimumNorm(
                        "FabL2",
                        seed -> Fab.l2().steps(5).restarts(2).seed(seed).build()),
                AttackContract.minimumNorm(
                        "FabL1",
                        seed -> Fab.l1().steps(5).restarts(2).seed(seed).build()),
                AttackContract.minimumNorm(
                        "FabOverClasses",
                        seed -> Fab.l2()
                                .steps(4)
                                .targetClasses(2)
                                .restarts(2)
                                .seed(seed)
                                .build()),
                AttackContract.minimumNorm(
                                "FabTargeted",
                                seed -> Fab.l2()
                                        .steps(5)
                                        .targeted(true)
                                        .seed(seed)
                                        .build())
                        .targeted(),
                AttackContract.minimumNorm(
                                "FabLimited",
                                seed -> Fab.l1()
                                        .steps(5)
                                        .restarts(2)
                                        .limits(LIMITS)
                                        .seed(seed)
                                        .build())
                        .limited(LIMITS),
                AttackContract.in(
                                "FabWithin",
                                NormBall.linf(.15),
                                (ball, seed) -> Fab.linf()
                                        .steps(5)
                                        .restarts(2)
                                        .seed(seed)
                                        .build()
                                        .within(.15))
                        .closest(),
                AttackContract.in(
                                "FabWithinTargeted",
                                NormBall.l2(.4),
                                (ball, seed) -> Fab.l2()
                                        .steps(5)
                                        .restarts(2)
                                        .targeted(true)
                                        .seed(seed)
                                        .build()
                                        .within(.4))
                        .targeted()
                        .closest(),
                AttackContract.minimumNorm(
                        "FmnLinf", seed -> Fmn.linf().steps(8).build()),
                AttackContract.minimumNorm("FmnL1", seed -> Fmn.l1().steps(8).build()),
                AttackContract.minimumNorm(
                                "FmnTargeted",
                                seed -> Fmn.l2().steps(8).targeted(true).build())
                        .targeted(),
                AttackContract.minimumNorm(
                                "FmnLimited",
                                seed -> Fmn.l2().steps(8).limits(LIMITS).build())
                        .limited(LIMITS),
                AttackContract.minimumNorm(
                        "DeepFoolL2", seed -> DeepFool.l2().steps(6).build()),
                AttackContract.minimumNorm(
                                "DeepFoolLinfTargeted",
                                seed -> DeepFool.linf().steps(6).targeted(true).build())
                        .targeted(),
                AttackContract.minimumNorm(
                                "DeepFoolLimited",
                                seed -> DeepFool.l2().steps(6).limits(LIMITS).build())
                        .limited(LIMITS),
                AttackContract.minimumNorm("DdnL2", seed -> Ddn.l2().steps(8).build()),
                AttackContract.minimumNorm(
                                "DdnTargeted",
                                seed -> Ddn.l2()
                                        .steps(8)
                                        .targeted(true)
                                        .limits(LIMITS)
                                        .build())
                        .limited(LIMITS)
                        .targeted(),
                AttackContract.minimumNorm(
                        "CarliniWagnerL2",
                        seed -> CarliniWagner.l2()
                                .steps(8)
                                .searches(4)
                                .weight(.1)
                                .stepSize(.05)
                                .build()),
                AttackContract.minimumNorm(
                                "CarliniWagnerTargeted",
                                seed -> CarliniWagner.l2()
                                        .steps(8)
                                        .searches(4)
                                        .weight(1)
                                        .stepSize(.05)
                                        .targeted(true)
                                        .limits(LIMITS)
                                        .build())
                        .limited(LIMITS)
                        .targeted(),
                AttackContract.minimumNorm(
                        "ElasticNetL1",
                        seed -> ElasticNet.l1()
                                .steps(8)
                                .searches(3)
                                .weight(1)
                                .stepSize(.05)
                                .build()),
                AttackContract.minimumNorm(
                                "ElasticNetTargeted",
                                seed -> ElasticNet.l1()
                                        .steps(8)
                                        .searches(3)
                                        .weight(1)
                                        .stepSize(.05)
                                        .targeted(true)
                                        .limits(LIMITS)
                                        .build())
                        .limited(LIMITS)
                        .targeted(),
                AttackContract.within(
                                "JsmaTargeted",
                                new ThreatModel(NormBall.l1(4 * .4), LIMITS),
                                (threat, seed) -> Jsma.l0()
                                        .theta(-.4)
                                        .gamma(.7)
                                        .targeted(true)
                                        .limits(LIMITS)
                                        .build())
                        .targeted()
                        .closest());
    }
}
