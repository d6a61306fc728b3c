package org.jacreg.attacks;

import java.util.function.LongFunction;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;

/**
 * What an attack says of itself, for the checks of its contract.
 *
 * @param attack makes the attack for a seed
 * @param norm the norm in which it measures
 * @param epsilon the radius it must stay in; infinite for an attack without a ball
 * @param targeted whether its labels are classes to reach
 * @param closest whether the nearest success is the best one, not that of highest loss
 * @param limits the ranges and frozen features it must observe
 */
record ContractTerms(
        LongFunction<? extends Attack> attack,
        Norm norm,
        double epsilon,
        boolean targeted,
        boolean closest,
        FeatureLimits limits) {

    /** An attack without limits on features. */
    ContractTerms(LongFunction<? extends Attack> attack, Norm norm, double epsilon, boolean targeted, boolean closest) {
        this(attack, norm, epsilon, targeted, closest, FeatureLimits.none());
    }
}
