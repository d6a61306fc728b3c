package org.jacreg.attacks;

import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

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

    @TestFactory
    Stream<DynamicNode> keepTheContract() {
        return AttackContract.tests(
                AttackContract.in(
                        "StandardLinf",
                        NormBall.linf(.1),
                        (ball, seed) -> quick(ThreatModel.of(ball), AutoAttack.Version.STANDARD, seed)),
                AttackContract.in(
                        "PlusL2",
                        NormBall.l2(.3),
                        (ball, seed) -> quick(ThreatModel.of(ball), AutoAttack.Version.PLUS, seed)),
                AttackContract.in(
                        "StandardL1",
                        NormBall.l1(.5),
                        (ball, seed) -> quick(ThreatModel.of(ball), AutoAttack.Version.STANDARD, seed)),
                AttackContract.within(
                        "StandardLimited",
                        new ThreatModel(
                                NormBall.linf(.15),
                                FeatureLimits.none().withFrozen(false, true, false, false, true, false)),
                        (threat, seed) -> quick(threat, AutoAttack.Version.STANDARD, seed)));
    }
}
