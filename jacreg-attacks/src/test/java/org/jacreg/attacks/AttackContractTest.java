package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tests the contract itself: every planted fault must be caught by the check meant for it. */
class AttackContractTest {

    private static final ContractModel NET = ContractModel.dense().findFirst().orElseThrow();

    static final List<NormBall> BALLS = List.of(NormBall.linf(.1), NormBall.l2(.3), NormBall.l1(.5));

    private static final NormBall BALL = BALLS.get(0);

    private static Attack honest(NormBall ball, long seed) {
        return Pgd.in(ball).steps(4).seed(seed).build();
    }

    private static ContractChecks checks(NormBall ball, boolean closest, UnaryOperator<Attack> fault) {
        return new ContractChecks(
                new ContractTerms(seed -> fault.apply(honest(ball, seed)), ball.norm(), ball.epsilon(), false, closest),
                NET);
    }

    private static void catches(Consumer<ContractChecks> check, UnaryOperator<Attack> fault) {
        assertThatCode(() -> check.accept(checks(BALL, false, UnaryOperator.identity())))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> check.accept(checks(BALL, false, fault))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> checks(BALL, false, fault).all()).isInstanceOf(AssertionError.class);
    }

    /** An attack whose result is tampered with. */
    private static UnaryOperator<Attack> tampering(UnaryOperator<AttackResult> change) {
        return attack -> (model, x, y, listener) -> change.apply(attack.attack(model, x, y, listener));
    }

    private static UnaryOperator<Attack> touching(Consumer<AttackResult> change) {
        return tampering(result -> {
            change.accept(result);
            return result;
        });
    }

    private static UnaryOperator<Attack> outcomes(UnaryOperator<AttackOutcome> change) {
        return tampering(r -> withPoints(
                r,
                r.adversarial(),
                r.firstAdversarial(),
                r.outcomes().stream().map(change).toList()));
    }

    private static AttackResult withPoints(AttackResult r, INDArray best, INDArray first, List<AttackOutcome> all) {
        return new AttackResult(best, first, all, r.norm(), r.targeted(), r.attack(), r.seed(), r.elapsed());
    }

    /** An outcome with some of its figures replaced. */
    private static AttackOutcome with(AttackOutcome o, Map<String, Object> changes) {
        return new AttackOutcome(
                (int) changes.getOrDefault("label", o.label()),
                (int) changes.getOrDefault("cleanPrediction", o.cleanPrediction()),
                (int) changes.getOrDefault("prediction", o.prediction()),
                (boolean) changes.getOrDefault("success", o.success()),
                (double) changes.getOrDefault("cleanLoss", o.cleanLoss()),
                (double) changes.getOrDefault("loss", o.loss()),
                (double) changes.getOrDefault("extremeLoss", o.extremeLoss()),
                (double) changes.getOrDefault("linf", o.linf()),
                o.l2(),
                o.l1(),
                o.l0(),
                (double) changes.getOrDefault("firstDistance", o.firstDistance()),
                (int) changes.getOrDefault("gradients", o.gradients()),
                (int) changes.getOrDefault("forwards", o.forwards()),
                (int) changes.getOrDefault("zeroGradients", o.zeroGradients()));
    }

    @ParameterizedTest
    @FieldSource("BALLS")
    void anHonestAttackPasses(NormBall ball) {
        assertThatCode(() -> checks(ball, false, UnaryOperator.identity()).all())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @FieldSource("BALLS")
    void leavingTheBallByAThousandthIsCaught(NormBall ball) {
        UnaryOperator<Attack> fault = attack -> honest(new NormBall(ball.norm(), ball.epsilon() + 1e-3), 1);
        assertThatThrownBy(() -> checks(ball, false, fault).staysInBall()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> checks(
                                ball, false, touching(r -> r.firstAdversarial().addi(ball.epsilon() + 1e-3)))
                        .staysInBall())
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void lyingAboutDistancesIsCaught() {
        catches(ContractChecks::staysInBall, outcomes(o -> with(o, Map.of("linf", .99 * o.linf()))));
    }

    @Test
    void leavingTheBoxIsCaught() {
        catches(ContractChecks::staysInBox, touching(r -> r.adversarial().putScalar(0, 1.0000001)));
        catches(ContractChecks::staysInBox, touching(r -> r.firstAdversarial().putScalar(0, -1e-9)));
    }

    @Test
    void movingAFrozenFeatureIsCaught() {
        FeatureLimits limits = FeatureLimits.none().withFrozen(false, false, true, false, false, false);
        ContractTerms terms =
                new ContractTerms(seed -> honest(BALL, seed), BALL.norm(), BALL.epsilon(), false, false, limits);
        assertThatThrownBy(() -> new ContractChecks(terms, NET).staysInLimits()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new ContractChecks(terms, NET).all()).isInstanceOf(AssertionError.class);
    }

    @Test
    void leavingARangeIsCaught() {
        double[] least = {0, 0, 0, 0, 0, 0};
        double[] greatest = {1, 1, 1, 1, 1, 1};
        FeatureLimits limits = FeatureLimits.none().withRanges(least, greatest);
        ContractTerms terms = new ContractTerms(
                seed -> touching(r -> r.adversarial().putScalar(3, 1.001)).apply(honest(BALL, seed)),
                BALL.norm(),
                BALL.epsilon(),
                false,
                false,
                limits);
        assertThatThrownBy(() -> new ContractChecks(terms, NET).staysInLimits()).isInstanceOf(AssertionError.class);
    }

    @Test
    void claimingOrDenyingSuccessIsCaught() {
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("success", true))));
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("success", false))));
    }

    @Test
    void lyingAboutFiguresIsCaught() {
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("loss", o.loss() + 1e-6))));
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("cleanLoss", 0.0))));
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("label", 0))));
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("cleanPrediction", 0))));
        catches(ContractChecks::flagsAreTrue, outcomes(o -> with(o, Map.of("firstDistance", 0.0))));
    }

    @Test
    void changingTheInputIsCaught() {
        catches(ContractChecks::leavesArgumentsAlone, attack -> (model, x, y, listener) -> {
            AttackResult result = attack.attack(model, x, y, listener);
            x.addi(1e-9);
            return result;
        });
    }

    @Test
    void returningTheCallersArrayIsCaught() {
        catches(ContractChecks::leavesArgumentsAlone, attack -> (model, x, y, listener) -> {
            AttackResult r = attack.attack(model, x, y, listener);
            return withPoints(r, x, x, r.outcomes());
        });
    }

    @Test
    void changingTheModelIsCaught() {
        ContractModel conv = ContractModel.all()
                .filter(m -> m.name().startsWith("DL4J"))
                .findFirst()
                .orElseThrow();
        UnaryOperator<Attack> fault = attack -> (model, x, y, listener) -> {
            ((Dl4jClassifier) model).net().params().muli(1.01);
            return attack.attack(model, x, y, listener);
        };
        ContractTerms terms =
                new ContractTerms(seed -> fault.apply(honest(BALL, seed)), BALL.norm(), BALL.epsilon(), false, false);
        assertThatThrownBy(() -> new ContractChecks(terms, conv).leavesTheModelAlone())
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void ignoringTheSeedIsCaught() {
        Random hidden = new Random(5);
        catches(ContractChecks::sameSeedSameResult, attack -> honest(BALL, hidden.nextLong()));
    }

    @Test
    void mixingSamplesIsCaught() {
        UnaryOperator<Attack> fault =
                attack -> (model, x, y, listener) -> honest(BALL, x.size(0)).attack(model, x, y, listener);
        catches(ContractChecks::batchOfOneEqualsBatchOfMany, fault);
        for (ContractModel model : ContractModel.all().filter(m -> !m.exact()).toList()) {
            UnaryOperator<Attack> blunt = attack -> (m, x, y, listener) ->
                    (x.size(0) == 1 ? honest(NormBall.linf(.01), 1) : attack).attack(m, x, y, listener);
            ContractTerms terms = new ContractTerms(
                    seed -> blunt.apply(honest(BALL, seed)), BALL.norm(), BALL.epsilon(), false, false);
            assertThatThrownBy(() -> new ContractChecks(terms, model).batchOfOneEqualsBatchOfMany())
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void doingWorseThanTheInputIsCaught() {
        catches(
                ContractChecks::noWorseThanTheInput,
                attack -> (model, x, y, listener) ->
                        Pgd.in(BALL).targeted(true).build().attack(model, x, y, listener));
    }

    /** An attack that climbs inside its ball does not return the nearest success, nor leave errors where they are. */
    @Test
    void notBeingTheClosestIsCaught() {
        UnaryOperator<Attack> none = UnaryOperator.identity();
        assertThatThrownBy(() -> checks(BALL, true, none).noWorseThanTheInput()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> checks(BALL, true, none).returnsTheBestOfWhatItFound())
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void returningTheFirstSuccessInsteadOfTheBestIsCaught() {
        catches(
                ContractChecks::returnsTheBestOfWhatItFound,
                outcomes(o -> with(o, Map.of("extremeLoss", o.loss() - .01))));
        catches(
                ContractChecks::returnsTheBestOfWhatItFound,
                tampering(r -> withPoints(
                        r,
                        r.firstAdversarial(),
                        r.adversarial(),
                        r.outcomes().stream()
                                .map(o -> with(o, Map.of("loss", o.cleanLoss())))
                                .toList())));
    }

    @Test
    void miscountingIsCaught() {
        catches(ContractChecks::countsAreTrue, outcomes(o -> with(o, Map.of("gradients", o.gradients() + 1))));
        catches(ContractChecks::countsAreTrue, outcomes(o -> with(o, Map.of("gradients", 0))));
        catches(ContractChecks::countsAreTrue, outcomes(o -> with(o, Map.of("forwards", o.forwards() + 1))));
        catches(ContractChecks::countsAreTrue, outcomes(o -> with(o, Map.of("zeroGradients", o.gradients() + 1))));
    }

    @Test
    void silenceAndFalseProgressAreCaught() {
        catches(
                ContractChecks::tellsProgress,
                attack -> (model, x, y, listener) -> attack.attack(model, x, y, ProgressListener.none()));
        catches(
                ContractChecks::tellsProgress,
                attack -> (model, x, y, listener) ->
                        attack.attack(model, x, y, (done, total) -> listener.progress(total - done + 1, total)));
        catches(
                ContractChecks::tellsProgress,
                attack -> (model, x, y, listener) ->
                        attack.attack(model, x, y, (done, total) -> listener.progress(done, done)));
    }

    @Test
    void goingOnAfterCancellationIsCaught() {
        catches(
                ContractChecks::endsWhenCancelled,
                attack -> (model, x, y, listener) -> attack.attack(model, x, y, listener::progress));
    }

    @Test
    void goingOnAfterAnInterruptIsCaught() {
        UnaryOperator<Attack> swallowing = attack -> new Attack() {
            @Override
            public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
                boolean interrupted = Thread.interrupted();
                AttackResult result = attack.attack(model, x, y, listener);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return result;
            }
        };
        catches(ContractChecks::endsWhenInterrupted, swallowing);
        catches(ContractChecks::endsWhenInterrupted, attack -> (model, x, y, listener) -> {
            if (Thread.interrupted()) {
                throw new CancellationException("and the interrupt is lost");
            }
            return attack.attack(model, x, y, listener);
        });
    }
}
