/**
 * How robust a classifier is: accuracy under attack against epsilon.
 *
 * <p>Start at {@link org.jacreg.attacks.evaluation.RobustEvaluation}; it answers with a {@link
 * org.jacreg.attacks.evaluation.RobustnessCurve}, every point with its confidence interval, or with an {@link
 * org.jacreg.attacks.evaluation.EvaluationReport}: every example, every attack, and {@link
 * org.jacreg.attacks.evaluation.FailureFlag}s where the figures are not to be trusted.
 *
 * <p>The attacks themselves are in {@link org.jacreg.attacks}. Certificates, which bound robust accuracy from below where
 * attacks bound it from above, are in another module.
 */
@NullMarked
package org.jacreg.attacks.evaluation;

import org.jspecify.annotations.NullMarked;
