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
 * <p>relu'(0) = 0, leakyrelu'(0) = slope, elu'(0) = alpha, abs'(0) = 0; in a maximum the first of equal values wins; a
 * clipped value on the edge counts as inside, and so do the edges of hardtanh and hardsigmoid and the ceiling of relu6.
 * Norms, deviations and distances at 0, angles at the origin and quotients without NaN by 0 have derivative 0; hinge losses
 * are flat at their kink.
 */
@NullMarked
package org.jacreg.vjp;

import org.jspecify.annotations.NullMarked;
