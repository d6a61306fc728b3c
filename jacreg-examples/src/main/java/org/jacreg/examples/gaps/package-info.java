/**
 * What a trained network loses from training digits to others, with and without attack, and what theorems say about it: measured
 * risks, measures of the network, bounds with all their terms. Records of this package have a JSON form. Nothing here prints.
 *
 * <p>Start at {@link org.jacreg.examples.gaps.RiskProbe}.
 */
@NullMarked
package org.jacreg.examples.gaps;

import org.jspecify.annotations.NullMarked;
