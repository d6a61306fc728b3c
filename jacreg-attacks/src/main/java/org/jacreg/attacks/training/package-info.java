/**
 * Adversarial examples as training data.
 *
 * <p>Start at {@link org.jacreg.attacks.training.AdversarialDataSetIterator}: given to a plain {@code sd.fit(...)} it makes
 * that adversarial training. Objectives that weigh clean and adversarial examples against each other are in {@link
 * org.jacreg.attacks.objective}.
 */
@NullMarked
package org.jacreg.attacks.training;

import org.jspecify.annotations.NullMarked;
