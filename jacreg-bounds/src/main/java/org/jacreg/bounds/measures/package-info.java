/**
 * Numbers computed of a trained network that may go with how well it generalizes: margins, norms and their products and
 * ratios, path norm, distance from initialisation, tolerance to noise on the weights, sharpness, sensitivity to the input,
 * linear regions.
 *
 * <p>Start at {@link org.jacreg.bounds.measures.NormMeasures} for what weights alone say, at {@link
 * org.jacreg.bounds.measures.MarginDistribution} for margins. What is drawn at random or searched for says estimate in the
 * name of its result, takes a seed, tells progress and can be cancelled.
 *
 * <p>None of these numbers is a bound. Not here: bounds ({@code generalization}), the correlation with measured gaps.
 */
@NullMarked
package org.jacreg.bounds.measures;

import org.jspecify.annotations.NullMarked;
