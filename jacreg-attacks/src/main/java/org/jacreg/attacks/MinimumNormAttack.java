package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;

/**
 * An attack without a radius: it looks for the closest success.
 *
 * <p>{@link AttackResult#adversarial()} holds for every example the closest success met; one run serves every epsilon.
 */
public interface MinimumNormAttack extends Attack {

    /**
     * The norm in which distances are made small.
     *
     * @return the norm
     */
    Norm norm();
}
