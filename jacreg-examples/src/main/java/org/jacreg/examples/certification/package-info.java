/**
 * Certificates against attacks: what {@link org.jacreg.bounds.certify} proves of a network, and whether any attack of {@link
 * org.jacreg.attacks} contradicts it.
 *
 * <p>Start at {@link org.jacreg.examples.certification.CertificateCheck}, which holds claims and judges points against them, and at
 * {@link org.jacreg.examples.certification.Certification}, which does it for networks trained on MNIST. Nothing here prints.
 */
@NullMarked
package org.jacreg.examples.certification;

import org.jspecify.annotations.NullMarked;
