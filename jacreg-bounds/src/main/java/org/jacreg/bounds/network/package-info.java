/**
 * A SameDiff classifier as a sequence of layers held in plain float64 arrays, and upper bounds of the norms of their true
 * linear maps: what the theorems about layered networks are stated in.
 *
 * <p>Start at {@link org.jacreg.bounds.network.LayeredNetwork#of(org.nd4j.autodiff.samediff.SameDiff)}; {@link
 * org.jacreg.bounds.network.NetworkNorms} is what bounds take, and can be made of numbers alone.
 *
 * <p>Not here: bounds ({@code generalization}), covers ({@code covering}), complexities ({@code rademacher}).
 */
@NullMarked
package org.jacreg.bounds.network;

import org.jspecify.annotations.NullMarked;
