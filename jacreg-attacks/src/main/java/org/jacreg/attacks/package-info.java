/**
 * Attacks: the search for inputs near a given one that a classifier gets wrong.
 *
 * <p>Start at {@link org.jacreg.attacks.Pgd} or {@link org.jacreg.attacks.Fgsm}; both are an {@link
 * org.jacreg.attacks.Attack} on an {@link org.jacreg.classifier.Classifier} and answer with an {@link
 * org.jacreg.attacks.AttackResult}.
 *
 * <p>For a robust accuracy to report: {@link org.jacreg.attacks.AutoAttack}. For models that answer at random, wrapped: {@link
 * org.jacreg.attacks.ExpectationOverTransformation}.
 *
 * <p>Without gradients: {@link org.jacreg.attacks.Square}, {@link org.jacreg.attacks.Spsa}, {@link org.jacreg.attacks.HopSkipJump} and
 * noise. One perturbation for all inputs: {@link org.jacreg.attacks.UniversalPerturbation}.
 *
 * <p>Not here: balls, boxes and projections ({@link org.jacreg.attacks.threat}), robust accuracy over many epsilons
 * ({@link org.jacreg.attacks.evaluation}), adversarial examples as training data ({@link org.jacreg.attacks.training}).
 */
@NullMarked
package org.jacreg.attacks;

import org.jspecify.annotations.NullMarked;
