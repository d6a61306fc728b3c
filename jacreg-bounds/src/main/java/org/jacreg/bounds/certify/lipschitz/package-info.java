/**
 * Certificates from Lipschitz constants and bounds of the Jacobian, and complete verification of small rectifier networks.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.lipschitz.LipschitzCertifier} for radii from global constants, which cost next to nothing
 * once the constants are known.
 *
 * <p>Not here: norms of single layers ({@code network}), bounds of the logits themselves ({@code certify}).
 */
@NullMarked
package org.jacreg.bounds.certify.lipschitz;

import org.jspecify.annotations.NullMarked;
