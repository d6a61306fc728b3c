/**
 * Vector-Jacobian products of SameDiff ops, written out of ordinary forward ops.
 *
 * <p>SameDiff cannot differentiate a gradient: its backward ops have no derivatives of their own. So the rules here build
 * {@code J^T v} from forward ops only, and SameDiff differentiates the result once more. Start at {@link
 * org.jacreg.vjp.VjpRules}, the immutable registry; {@link org.jacreg.vjp.ReverseWalk} applies it to a graph; {@link
 * org.jacreg.vjp.CotangentGate} is the one place that checks and un-broadcasts what a rule returns. One file holds one
 * family of rules. Penalties are not here: see {@code org.jacreg.regularizer}.
 *
 * <h2>Kinks</h2>
 *
 * <p>Of equal values in a maximum or minimum the first wins; a value on the edge of a clip counts as inside; the derivative
 * at |0| and of norms, deviations and distances of 0 is 0; relu'(0) = 0 and hinge losses are flat at their kink, leakyrelu'(0)
 * = slope, elu'(0) = alpha. The full table is docs/kinks.md in the repository.
 */
@NullMarked
package org.jacreg.vjp;

import org.jspecify.annotations.NullMarked;
