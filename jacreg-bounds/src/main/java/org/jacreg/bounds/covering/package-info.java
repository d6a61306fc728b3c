/**
 * Covering numbers as functions of the scale, rules that make new ones of them, and Dudley's entropy integral, which turns
 * one into a bound of a Rademacher complexity.
 *
 * <p>Start at {@link org.jacreg.bounds.covering.CoveringNumber} and its sources: {@link
 * org.jacreg.bounds.covering.NormBalls}, {@link org.jacreg.bounds.covering.LinearCovers}, {@link
 * org.jacreg.bounds.covering.NetworkCovers}; {@link org.jacreg.bounds.covering.Dudley} integrates them. {@code N(eps)} is
 * the number of balls of radius eps that cover a class; their centres may lie outside it. Every number is an upper bound,
 * rounded outward.
 *
 * <p>Not here: bounds of errors and risks ({@code generalization}), complexities without covers ({@code rademacher}).
 */
@NullMarked
package org.jacreg.bounds.covering;

import org.jspecify.annotations.NullMarked;
