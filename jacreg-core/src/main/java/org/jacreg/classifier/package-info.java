/**
 * A trained classifier as attacks, certificates and reports see it: logits, input box, gradients with respect to the
 * input.
 *
 * <p>Start at {@link org.jacreg.classifier.Classifier#of(org.nd4j.autodiff.samediff.SameDiff)}. {@link
 * org.jacreg.classifier.Labels} turns one-hot or sparse labels into checked class indices. What searches for
 * adversarial examples is not here: see the attacks module.
 */
@NullMarked
package org.jacreg.classifier;

import org.jspecify.annotations.NullMarked;
