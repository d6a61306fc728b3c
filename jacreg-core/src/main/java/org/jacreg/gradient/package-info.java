/**
 * Gradients, and gradients of gradients, as ordinary variables of a SameDiff graph.
 *
 * <p>SameDiff keeps its gradients in a graph of their own, where nothing can be built on them, and cannot differentiate them.
 * {@link org.jacreg.gradient.Gradients#gradientOf} adds a gradient to the user's graph; {@link
 * org.jacreg.gradient.Hessian#vectorProduct} multiplies by second derivatives. Jacobians of single samples are not here: see
 * {@code org.jacreg.jacobian}.
 */
@NullMarked
package org.jacreg.gradient;

import org.jspecify.annotations.NullMarked;
