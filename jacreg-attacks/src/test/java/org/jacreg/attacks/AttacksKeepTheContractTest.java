package org.jacreg.attacks;

import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The attacks of this package, held to the contract. */
class AttacksKeepTheContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[] {0, 0, 0, -1, 0, 0}, new double[] {1, 2, 1, 1, 1, 1})
            .withFrozen(false, true, false, false, true, false);

    @TestFactory
    Stream<DynamicNode> keepTheContract() {
        return AttackContract.tests(
                AttackContract.in(
                        "PgdLinf",
                        NormBall.linf(0.15),
                        (ball, seed) ->
                                Pgd.in(ball).steps(6).restarts(3).seed(seed).build()),
                AttackContract.in(
                        "PgdL2",
                        NormBall.l2(0.4),
                        (ball, seed) ->
                                Pgd.in(ball).steps(6).restarts(3).seed(seed).build()),
                AttackContract.in(
                        "PgdL2Rescaled",
                        NormBall.l2(0.4),
                        (ball, seed) -> Pgd.in(ball)
                                .steps(6)
                                .seed(seed)
                                .projection(Projection.RESCALE_THEN_CLIP)
                                .build()),
                AttackContract.in(
                                "PgdTargeted",
                                NormBall.linf(0.15),
                                (ball, seed) -> Pgd.in(ball)
                                        .steps(6)
                                        .seed(seed)
                                        .targeted(true)
                                        .build())
                        .targeted(),
                AttackContract.in(
                        "PgdFromTheInput",
                        NormBall.linf(0.15),
                        (ball, seed) -> Pgd.in(ball).steps(6).randomStart(false).build()),
                AttackContract.in(
                        "FgsmLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> Fgsm.in(ball).build()),
                AttackContract.in(
                        "FgsmL2",
                        NormBall.l2(0.4),
                        (ball, seed) -> Fgsm.in(ball).build()),
                AttackContract.in(
                                "FgsmTargeted",
                                NormBall.l2(0.4),
                                (ball, seed) -> Fgsm.in(ball).targeted(true).build())
                        .targeted(),
                AttackContract.in(
                        "ApgdLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> Apgd.in(ball)
                                .iterations(12)
                                .restarts(2)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                        "ApgdL2",
                        NormBall.l2(0.4),
                        (ball, seed) -> Apgd.in(ball)
                                .iterations(12)
                                .loss(Apgd.Loss.DLR)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                        "ApgdL1",
                        NormBall.l1(0.7),
                        (ball, seed) -> Apgd.in(ball).iterations(12).seed(seed).build()),
                AttackContract.in(
                        "ApgdTargetedRatio",
                        NormBall.linf(0.15),
                        (ball, seed) -> Apgd.in(ball)
                                .iterations(12)
                                .loss(Apgd.Loss.TARGETED_DLR)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                                "ApgdToTargets",
                                NormBall.l2(0.4),
                                (ball, seed) -> Apgd.in(ball)
                                        .iterations(12)
                                        .targeted(true)
                                        .untilBudget(true)
                                        .seed(seed)
                                        .build())
                        .targeted(),
                AttackContract.in(
                        "PgdL1",
                        NormBall.l1(0.7),
                        (ball, seed) ->
                                Pgd.in(ball).steps(6).restarts(2).seed(seed).build()),
                AttackContract.within(
                        "PgdLimited",
                        new ThreatModel(NormBall.linf(0.15), LIMITS),
                        (threat, seed) -> Pgd.in(threat).steps(6).seed(seed).build()),
                AttackContract.within(
                        "PgdL2Limited",
                        new ThreatModel(NormBall.l2(0.4), LIMITS),
                        (threat, seed) -> Pgd.in(threat)
                                .steps(6)
                                .projection(Projection.RESCALE_THEN_CLIP)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                        "FgsmL1",
                        NormBall.l1(0.7),
                        (ball, seed) -> Fgsm.in(ball).build()),
                AttackContract.within(
                        "FgsmLimited",
                        new ThreatModel(NormBall.l2(0.4), LIMITS),
                        (threat, seed) -> Fgsm.in(threat).build()),
                AttackContract.in(
                        "BimLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> Bim.in(ball).steps(5).build()),
                AttackContract.within(
                        "BimL1Limited",
                        new ThreatModel(NormBall.l1(0.7), LIMITS),
                        (threat, seed) -> Bim.in(threat).steps(5).build()),
                AttackContract.in(
                        "MiFgsmLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> MiFgsm.in(ball).steps(5).build()),
                AttackContract.in(
                                "MiFgsmToTargets",
                                NormBall.l2(0.4),
                                (ball, seed) ->
                                        MiFgsm.in(ball).steps(5).targeted(true).build())
                        .targeted(),
                AttackContract.within(
                        "ApgdLimited",
                        new ThreatModel(NormBall.l1(0.7), LIMITS),
                        (threat, seed) ->
                                Apgd.in(threat).iterations(12).seed(seed).build()));
    }
}
