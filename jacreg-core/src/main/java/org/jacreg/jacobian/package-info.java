/**
 * Jacobians of a network's logits with respect to its input: values, products, norms.
 *
 * <p>Start at {@link org.jacreg.jacobian.Jacobian}. {@link org.jacreg.jacobian.CotangentSeeds} makes the cotangents that a
 * reverse walk starts from. {@link org.jacreg.jacobian.JacobianEstimator} estimates norms by random {@link
 * org.jacreg.jacobian.Directions}; {@link org.jacreg.jacobian.FiniteDifferenceGraph} does without derivative rules. Penalties on Jacobians are not here: see {@code org.jacreg.regularizer}.
 */
@NullMarked
package org.jacreg.jacobian;

import org.jspecify.annotations.NullMarked;
