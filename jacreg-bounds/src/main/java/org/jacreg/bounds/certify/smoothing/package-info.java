/**
 * Randomized smoothing: l2 radii for the classifier that answers with the likeliest class under Gaussian noise.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.smoothing.RandomizedSmoothing}. A radius holds for the smoothed classifier, not for the
 * network behind it, and with a stated confidence: the draws may mislead with probability {@code alpha}.
 *
 * <p>Not here: training under noise, which is an objective of training; bounds that hold without draws.
 */
@NullMarked
package org.jacreg.bounds.certify.smoothing;

import org.jspecify.annotations.NullMarked;
