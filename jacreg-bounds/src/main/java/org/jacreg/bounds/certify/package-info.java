/**
 * Sound certificates of classifiers: radii within which no perturbation changes the answer.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.Certifier}; {@link org.jacreg.bounds.certify.BoundGraph} is the network it bounds, read
 * from a SameDiff graph or built of numbers. What a certificate says of floating-point evaluation stands in {@link
 * org.jacreg.bounds.certify.Arithmetic}.
 *
 * <p>Below: {@code dataset} (certified accuracy, checkpoints, JSON), {@code lipschitz}, {@code complete}, {@code smoothing}, {@code
 * estimate} (no certificates), {@code vnnlib}, {@code training} (trains, certifies nothing).
 *
 * <p>Not here: norms of layers ({@code network}), bounds of the generalization gap ({@code generalization}).
 */
@NullMarked
package org.jacreg.bounds.certify;

import org.jspecify.annotations.NullMarked;
