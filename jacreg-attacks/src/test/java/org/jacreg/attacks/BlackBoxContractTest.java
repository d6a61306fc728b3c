package org.jacreg.attacks;

import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The attacks that need no gradients, held to the contract. */
class BlackBoxContractTest {

    private static final FeatureLimits LIMITS = FeatureLimits.none()
            .withRanges(new double[] {0, 0, 0, -1, 0, 0}, new double[] {1, 1, 1, 2, 1, 1})
            .withFrozen(false, true, false, false, false, true);

    @TestFactory
    Stream<DynamicNode> keepTheContract() {
        return AttackContract.tests(
                AttackContract.in(
                        "SquareLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> Square.in(ball)
                                .queries(15)
                                .restarts(2)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                        "SquareL2",
                        NormBall.l2(0.4),
                        (ball, seed) -> Square.in(ball).queries(15).seed(seed).build()),
                AttackContract.in(
                        "SquareL1",
                        NormBall.l1(0.6),
                        (ball, seed) -> Square.in(ball).queries(15).seed(seed).build()),
                AttackContract.in(
                                "SquareTargeted",
                                NormBall.linf(0.15),
                                (ball, seed) -> Square.in(ball)
                                        .queries(15)
                                        .seed(seed)
                                        .targeted(true)
                                        .build())
                        .targeted(),
                AttackContract.within(
                        "SquareLimited",
                        new ThreatModel(NormBall.l2(0.4), LIMITS),
                        (threat, seed) ->
                                Square.in(threat).queries(15).seed(seed).build()),
                AttackContract.in(
                        "Uniform",
                        NormBall.l2(0.4),
                        (ball, seed) ->
                                UniformNoise.in(ball).repeats(8).seed(seed).build()),
                AttackContract.within(
                        "GaussianLimited",
                        new ThreatModel(NormBall.l1(0.6), LIMITS),
                        (threat, seed) ->
                                GaussianNoise.in(threat).repeats(8).seed(seed).build()),
                AttackContract.in(
                        "SpsaLinf",
                        NormBall.linf(0.15),
                        (ball, seed) -> Spsa.in(ball)
                                .steps(4)
                                .samples(12)
                                .restarts(2)
                                .seed(seed)
                                .build()),
                AttackContract.in(
                                "SpsaTargeted",
                                NormBall.l2(0.4),
                                (ball, seed) -> Spsa.in(ball)
                                        .steps(4)
                                        .samples(12)
                                        .update(Spsa.Update.STEEPEST)
                                        .targeted(true)
                                        .seed(seed)
                                        .build())
                        .targeted(),
                AttackContract.within(
                        "SpsaLimited",
                        new ThreatModel(NormBall.l1(0.6), LIMITS),
                        (threat, seed) ->
                                Spsa.in(threat).steps(4).samples(12).seed(seed).build()),
                AttackContract.minimumNorm(
                        "HopSkipJumpL2",
                        seed -> HopSkipJump.l2()
                                .iterations(4)
                                .initialEvaluations(20)
                                .seed(seed)
                                .build()),
                AttackContract.minimumNorm(
                        "HopSkipJumpLinf",
                        seed -> HopSkipJump.linf()
                                .iterations(4)
                                .initialEvaluations(20)
                                .seed(seed)
                                .build()),
                AttackContract.minimumNorm(
                                "HopSkipJumpTargeted",
                                seed -> HopSkipJump.l2()
                                        .iterations(4)
                                        .initialEvaluations(20)
                                        .targeted(true)
                                        .seed(seed)
                                        .build())
                        .targeted(),
                AttackContract.minimumNorm(
                                "HopSkipJumpLimited",
                                seed -> HopSkipJump.linf()
                                        .iterations(3)
                                        .initialEvaluations(20)
                                        .limits(LIMITS)
                                        .seed(seed)
                                        .build())
                        .limited(LIMITS));
    }
}
