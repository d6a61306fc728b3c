/**
 * Certificates from Lipschitz constants, global and local.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.lipschitz.LipschitzCertifier} for radii from global constants, which cost next to nothing
 * once the constants are known, and at {@link org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier} for larger ones from bounds of
 * the Jacobian around a sample, and for proved upper bounds of the robust loss.
 *
 * <p>Not here: norms of single layers ({@code network}), bounds of the logits and of the Jacobian themselves ({@code certify}).
 */
@NullMarked
package org.jacreg.bounds.certify.lipschitz;

import org.jspecify.annotations.NullMarked;
