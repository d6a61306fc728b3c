/**
 * Training of SameDiff graphs through the compiled runtime.
 *
 * <p>Start at {@link org.jacreg.training.RobustTrainer}, which does what {@code sd.fit} does, with early stopping, checkpoints
 * and cancellation. What a step minimises is an {@link org.jacreg.training.Objective}. Penalties are in {@code
 * org.jacreg.regularizer}, the compiled graph in {@code org.jacreg.runtime}; adversarial training is in the attacks module.
 */
@NullMarked
package org.jacreg.training;

import org.jspecify.annotations.NullMarked;
