/**
 * What reports of long computations have in common, whatever they report: JSON files that are replaced as a whole ({@link
 * org.jacreg.report.JsonFiles}), hashes by which models and data are known again ({@link org.jacreg.report.Fingerprint}), confidence
 * intervals ({@link org.jacreg.report.ConfidenceInterval}), and what a process runs on ({@link org.jacreg.report.Provenance}).
 *
 * <p>Not here: the reports themselves.
 */
@NullMarked
package org.jacreg.report;

import org.jspecify.annotations.NullMarked;
