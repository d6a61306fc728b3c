/**
 * Arithmetic that rounds toward a bound: {@link org.jacreg.bounds.rounding.RoundUp} for upper bounds of nonnegative
 * quantities, {@link org.jacreg.bounds.rounding.RoundDown} for the few lower bounds that divide them, {@link
 * org.jacreg.bounds.rounding.ComputedSums} for sums and norms that were computed without rounding each step.
 *
 * <p>Not here: bounds themselves.
 */
@NullMarked
package org.jacreg.bounds.rounding;

import org.jspecify.annotations.NullMarked;
