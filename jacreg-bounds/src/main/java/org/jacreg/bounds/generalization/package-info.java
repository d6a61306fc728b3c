/**
 * Bounds of the generalization gap and of the error of a network, standard and under attack, with every constant, the
 * confidence and the size of the sample.
 *
 * <p>Start at {@link org.jacreg.bounds.generalization.RobustGap} (the Jacobian-regularized risk), {@link
 * org.jacreg.bounds.generalization.SpectralMargin}, {@link org.jacreg.bounds.generalization.FrobeniusMargin}, {@link
 * org.jacreg.bounds.generalization.PacBayesSpectral}, {@link org.jacreg.bounds.generalization.LinearMargin} and {@link
 * org.jacreg.bounds.generalization.PacBayes}. Each gives a {@link org.jacreg.bounds.generalization.GeneralizationBound}: its
 * value, every term by name, what it assumes, and whether it says anything at all, which for networks of a practical size
 * is seldom so. Values are rounded outward.
 *
 * <p>Norms come from {@code network}; the bounds hold for a trained network, because a union over a grid of norms and
 * margins ({@link org.jacreg.bounds.generalization.UnionGrid}) pays for having seen them.
 *
 * <p>Not here: the complexities themselves ({@code rademacher}, {@code covering}), measures that are no bounds.
 */
@NullMarked
package org.jacreg.bounds.generalization;

import org.jspecify.annotations.NullMarked;
