package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;

/**
 * An attack that looks for the nearest error, however far it is: one run tells the robust accuracy at every epsilon.
 *
 * <p>The returned point of a success is the closest success met; that of a failure, the point of highest loss. There is no ball.
 */
public interface MinimumNormAttack extends Attack {

    /**
     * The norm in which the distance is minimised.
     *
     * @return the norm
     */
    Norm norm();
}
