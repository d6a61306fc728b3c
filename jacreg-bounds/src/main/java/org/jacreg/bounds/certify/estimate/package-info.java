/**
 * Estimates of the distance to the nearest change of class. Nothing here is a certificate: points nearer than an estimate may well change
 * the class.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.estimate.FirstOrderRadius}, which costs one gradient for every other class, or {@link
 * org.jacreg.bounds.certify.estimate.Clever}, which costs thousands.
 *
 * <p>Not here: proofs ({@code certify}, {@code certify.lipschitz}), and attacks, which bound the distance from above.
 */
@NullMarked
package org.jacreg.bounds.certify.estimate;

import org.jspecify.annotations.NullMarked;
