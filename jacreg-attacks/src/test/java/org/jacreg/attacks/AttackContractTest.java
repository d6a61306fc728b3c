package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Tests the contract itself: every planted fault must be caught by the check meant for it. */
class AttackContractTest {

    private static final NormBall BALL = NormBall.linf(0.1);

    private static final ClosedFormNet NET =
            ClosedFormNet.random(1, 6, 5, 3, 1.5, Activation.TANH, DataType.DOUBLE, new InputBox(0, 1));

    private static Attack honest(long seed) {
        return Pgd.in(BALL).steps(4).seed(seed).build();
    }

    private static ContractChecks checks(UnaryOperator<Attack> fault) {
        return AttackContract.checksFor(seed -> fault.apply(honest(seed)), BALL, false, NET);
    }

    /** An attack whose result is tampered with. */
    private static UnaryOperator<Attack> tampering(UnaryOperator<AttackResult> change) {
        return attack -> (model, x, y, listener) -> change.apply(attack.attack(model, x, y, listener));
    }

    private static UnaryOperator<AttackResult> tamperingPoints(Consumer<AttackResult> change) {
        return result -> {
            change.accept(result);
            return result;
        };
    }

    private static AttackResult withOutcomes(AttackResult r, UnaryOperator<AttackOutcome> change) {
        List<AttackOutcome> outcomes = r.outcomes().stream().map(change).toList();
        return new AttackResult(
                r.adversarial(),
                r.firstAdversarial(),
                outcomes,
                r.norm(),
                r.targeted(),
                r.attack(),
                r.seed(),
                r.elapsed());
    }

    private static AttackOutcome withSuccess(AttackOutcome o, boolean success) {
        return new AttackOutcome(
                o.label(),
                o.cleanPrediction(),
                o.prediction(),
                success,
                o.cleanLoss(),
                o.loss(),
                o.extremeLoss(),
                o.linf(),
                o.l2(),
                o.l1(),
                o.l0(),
                o.firstDistance(),
                o.gradients(),
                o.forwards(),
                o.zeroGradients());
    }

    @Test
    void anHonestAttackPasses() {
        assertThatCode(() -> checks(UnaryOperator.identity()).all()).doesNotThrowAnyException();
    }

    @Test
    void leavingTheBallByAThousandthIsCaught() {
        UnaryOperator<AttackResult> fault = tamperingPoints(r -> r.adversarial().addi(1e-3));
        assertThatThrownBy(() -> checks(tampering(fault)).staysInBall()).isInstanceOf(AssertionError.class);
    }

    @Test
    void leavingTheBoxIsCaught() {
        UnaryOperator<AttackResult> fault = tamperingPoints(r -> r.adversarial().putScalar(0, 1.0000001));
        assertThatThrownBy(() -> checks(tampering(fault)).staysInBox()).isInstanceOf(AssertionError.class);
    }

    @Test
    void claimingEverySuccessIsCaught() {
        UnaryOperator<AttackResult> fault = r -> withOutcomes(r, o -> withSuccess(o, true));
        assertThatThrownBy(() -> checks(tampering(fault)).flagsAreTrue()).isInstanceOf(AssertionError.class);
    }

    @Test
    void denyingEverySuccessIsCaught() {
        UnaryOperator<AttackResult> fault = r -> withOutcomes(r, o -> withSuccess(o, false));
        assertThatThrownBy(() -> checks(tampering(fault)).flagsAreTrue()).isInstanceOf(AssertionError.class);
    }

    @Test
    void changingTheInputIsCaught() {
        UnaryOperator<Attack> fault = attack -> (model, x, y, listener) -> {
            AttackResult result = attack.attack(model, x, y, listener);
            x.addi(1e-9);
            return result;
        };
        assertThatThrownBy(() -> checks(fault).leavesArgumentsAlone()).isInstanceOf(AssertionError.class);
    }

    @Test
    void returningTheCallersArrayIsCaught() {
        UnaryOperator<Attack> fault = attack -> (model, x, y, listener) -> {
            AttackResult r = attack.attack(model, x, y, listener);
            return new AttackResult(x, x, r.outcomes(), r.norm(), false, "", 0, r.elapsed());
        };
        assertThatThrownBy(() -> checks(fault).leavesArgumentsAlone()).isInstanceOf(AssertionError.class);
    }

    @Test
    void ignoringTheSeedIsCaught() {
        Random hidden = new Random(5);
        UnaryOperator<Attack> fault = attack -> honest(hidden.nextLong());
        assertThatThrownBy(() -> checks(fault).sameSeedSameResult()).isInstanceOf(AssertionError.class);
    }

    @Test
    void mixingSamplesIsCaught() {
        UnaryOperator<Attack> fault =
                attack -> (model, x, y, listener) -> honest(x.size(0)).attack(model, x, y, listener);
        assertThatThrownBy(() -> checks(fault).batchOfOneEqualsBatchOfMany()).isInstanceOf(AssertionError.class);
    }

    @Test
    void doingWorseThanTheInputIsCaught() {
        UnaryOperator<Attack> fault = attack ->
                (model, x, y, listener) -> Pgd.in(BALL).targeted(true).build().attack(model, x, y, listener);
        assertThatThrownBy(() -> checks(fault).noWorseThanTheInput()).isInstanceOf(AssertionError.class);
    }

    @Test
    void everyCheckIsPartOfAll() {
        List<UnaryOperator<AttackResult>> faults = new ArrayList<>();
        faults.add(tamperingPoints(r -> r.adversarial().addi(1e-3)));
        faults.add(tamperingPoints(r -> r.firstAdversarial().putScalar(0, -1e-9)));
        faults.add(r -> withOutcomes(r, o -> withSuccess(o, !o.success())));
        for (UnaryOperator<AttackResult> fault : faults) {
            assertThatThrownBy(() -> checks(tampering(fault)).all()).isInstanceOf(AssertionError.class);
        }
    }
}
