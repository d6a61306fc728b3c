/**
 * Properties of networks in VNN-LIB 1.0, the language of the verification competitions: boxes of inputs, and linear conditions on the
 * outputs that say what would be a violation.
 *
 * <p>{@link org.jacreg.bounds.certify.vnnlib.VnnLibReader} reads a file into a {@link
 * org.jacreg.bounds.certify.vnnlib.VnnLibProperty}, {@link org.jacreg.bounds.certify.vnnlib.VnnLibWriter} writes one, {@link
 * org.jacreg.bounds.certify.vnnlib.RobustnessInstances} writes those of a classifier and a dataset, and {@link
 * org.jacreg.bounds.certify.vnnlib.VnnLibVerifier} decides them.
 *
 * <p>Not here: the networks' own files (ONNX), which this library does not write.
 */
@NullMarked
package org.jacreg.bounds.certify.vnnlib;

import org.jspecify.annotations.NullMarked;
