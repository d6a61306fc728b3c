/**
 * Jacobian penalties for training with SameDiff: what a user calls.
 *
 * <p>Start at {@link org.jacreg.regularizer.JacobianRegularizer}. Jacobians as values are not here: see {@code
 * org.jacreg.jacobian}.
 */
@NullMarked
package org.jacreg.regularizer;

import org.jspecify.annotations.NullMarked;
