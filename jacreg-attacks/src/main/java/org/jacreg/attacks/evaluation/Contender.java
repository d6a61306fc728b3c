package org.jacreg.attacks.evaluation;

import java.util.List;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;

/**
 * One attack of an evaluation.
 *
 * @param name the name it goes by
 * @param minimumNorm whether one run serves all epsilons
 * @param attackAt makes the attack of a radius
 * @param attacks the attack at every epsilon of the evaluation, ascending; a single one if {@code minimumNorm}
 */
record Contender(
        String name, boolean minimumNorm, DoubleFunction<? extends Attack> attackAt, List<? extends Attack> attacks) {

    /** The attack for the epsilon at a place of the list. */
    Attack at(int index) {
        return attacks.get(minimumNorm ? 0 : index);
    }

    EvaluationSettings.AttackSettings settings() {
        return new EvaluationSettings.AttackSettings(
                name, minimumNorm, attacks.stream().map(Object::toString).toList());
    }
}
