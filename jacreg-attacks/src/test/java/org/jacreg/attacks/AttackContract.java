package org.jacreg.attacks;

import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * The contract of {@link Attack} for one attack; a test factory returns the {@link #tests} of several.
 *
 * @param name of the attack in the report
 * @param terms what the attack says of itself
 */
public record AttackContract(String name, ContractTerms terms) {

    /** An attack in a ball, made for the ball and a seed. */
    public static AttackContract in(String name, NormBall ball, BiFunction<NormBall, Long, Attack> attack) {
        return of(name, seed -> attack.apply(ball, seed), ball.norm(), ball.epsilon(), false);
    }

    /** An attack under a threat model, made for the model and a seed. */
    public static AttackContract within(String name, ThreatModel threat, BiFunction<ThreatModel, Long, Attack> attack) {
        return of(name, seed -> attack.apply(threat, seed), threat.norm(), threat.epsilon(), false)
                .limited(threat.limits());
    }

    /** An attack that has no ball, made for a seed. */
    public static AttackContract minimumNorm(String name, LongFunction<MinimumNormAttack> attack) {
        return of(name, attack, attack.apply(0).norm(), Double.POSITIVE_INFINITY, true);
    }

    private static AttackContract of(
            String name, LongFunction<? extends Attack> attack, Norm norm, double epsilon, boolean closest) {
        return new AttackContract(name, new ContractTerms(attack, norm, epsilon, false, closest));
    }

    /** The same with labels that are classes to reach. */
    public AttackContract targeted() {
        return with(true, terms.closest(), terms.limits());
    }

    /** The same with the nearest success as the best one, not that of highest loss. */
    public AttackContract closest() {
        return with(terms.targeted(), true, terms.limits());
    }

    /** The same with ranges and frozen features, for samples of {@link ContractModel#ENTRIES} entries in [0, 1]. */
    public AttackContract limited(FeatureLimits limits) {
        return with(terms.targeted(), terms.closest(), limits);
    }

    private AttackContract with(boolean targeted, boolean closest, FeatureLimits limits) {
        return new AttackContract(
                name, new ContractTerms(terms.attack(), terms.norm(), terms.epsilon(), targeted, closest, limits));
    }

    /** One test for every attack and model. */
    public static Stream<DynamicNode> tests(AttackContract... contracts) {
        return Arrays.stream(contracts)
                .map(contract -> DynamicContainer.dynamicContainer(contract.name, contract.onEveryModel()));
    }

    private Stream<DynamicTest> onEveryModel() {
        boolean limited = !terms.limits().equals(FeatureLimits.none());
        Stream<ContractModel> models = limited ? ContractModel.dense() : ContractModel.all();
        return models.map(model -> DynamicTest.dynamicTest(model.name(), () -> new ContractChecks(terms, model).all()));
    }
}
