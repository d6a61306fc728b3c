/**
 * Certified accuracy over a dataset: how many samples are classified correctly and provably stay so, at every radius.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.dataset.CertifiedEvaluation}, which takes anything that is a {@link
 * org.jacreg.bounds.certify.dataset.DatasetCertifier}, runs in pieces, writes checkpoints and gives a {@link
 * org.jacreg.bounds.certify.dataset.CertifiedAccuracyReport}; {@link org.jacreg.bounds.certify.dataset.CertifiedAccuracyJson} writes and
 * reads reports.
 *
 * <p>Not here: the proofs themselves ({@code certify}, {@code certify.lipschitz}, {@code certify.complete}, {@code certify.smoothing}).
 */
@NullMarked
package org.jacreg.bounds.certify.dataset;

import org.jspecify.annotations.NullMarked;
