/**
 * Complete verification of small rectifier networks: a question about a box of inputs is decided, by a proof or by a counterexample.
 *
 * <p>Start at {@link org.jacreg.bounds.certify.complete.CompleteVerifier}. The cost grows exponentially with the number of rectifiers that
 * change their state within the box.
 *
 * <p>Not here: bounds that cost the same for every question and may leave it open ({@code certify}).
 */
@NullMarked
package org.jacreg.bounds.certify.complete;

import org.jspecify.annotations.NullMarked;
