/**
 * Threat models as values: which points an attacker may use.
 *
 * <p>Start at {@link org.jacreg.attacks.threat.NormBall}: a norm and a radius. Put around a batch of inputs and met with
 * the classifier's box it becomes a {@link org.jacreg.attacks.threat.FeasibleSet}, which projects points and draws random
 * ones, every sample by itself.
 *
 * <p>What searches these sets for adversarial examples is not here: see {@link org.jacreg.attacks}.
 */
@NullMarked
package org.jacreg.attacks.threat;

import org.jspecify.annotations.NullMarked;
