package org.jacreg.attacks.threat;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * For every sample {@code n} of a batch, the points {@code {p : ||p - x_n|| <= epsilon, lower <= p_j <= upper}}.
 *
 * <p>Arrays are {@code [N, D]}, {@code D} the number of entries of one sample. What happens to a sample does not depend
 * on the other samples of the batch. The box holds exactly (its bounds rounded to the arrays' type), the radius up to
 * the rounding of {@code x_n + d}.
 *
 * <p>Instances hold buffers and are for one thread.
 */
public sealed interface FeasibleSet permits LinfFeasibleSet, L2FeasibleSet, RowFeasibleSet {

    /**
     * Replaces every point by the nearest point, in the Euclidean distance, of its set.
     *
     * <p>Linf: entry by entry, {@code clip(p_j, max(x_j - epsilon, lower), min(x_j + epsilon, upper))}. L2: {@code p = x +
     * clip(s u, lower - x, upper - x)} with {@code u} the given point less {@code x} and {@code s} in (0, 1] the largest
     * factor that leaves {@code ||p - x|| <= epsilon}. L1: {@code p = x + clip(sign(u) max(|u| - tau, 0), lower - x, upper - x)} with
     * the least {@code tau >= 0} that does. Exact up to rounding.
     *
     * @param points {@code [N, D]} in the centers' type, finite; modified
     * @throws IllegalArgumentException if the shape or the type differs from the centers'
     */
    void project(INDArray points);

    /**
     * Replaces every point by {@code clip(x + d min(1, epsilon / ||d||), lower, upper)}, {@code d} the given point less
     * {@code x}.
     *
     * <p>The result lies in the set but need not be its nearest point: the rule of most reference implementations. Under
     * Linf this is entry by entry the same as {@link #project}.
     *
     * @param points {@code [N, D]} in the centers' type, finite; modified
     * @throws IllegalArgumentException if the shape or the type differs from the centers'
     */
    void rescaleThenClip(INDArray points);

    /**
     * Draws a point of the ball around every sample, uniformly, then clips it to the box.
     *
     * <p>The draw of a sample is a function of {@code seed} and of the sample's own values alone: it is the same wherever
     * the sample stands and whatever stands beside it. Equal samples get equal draws.
     *
     * @param seed the seed
     * @return {@code [N, D]}, a fresh array
     */
    INDArray randomPoints(long seed);

    /**
     * A step and the projection after it as one pass.
     *
     * @param stepSize the size of a step in the norm of the ball, negative for descent, finite
     * @param projection how points are brought back
     * @return nothing unless ND4J runs on its CPU backend, the centers are of float32, and radius and step are of a size that their
     *     squares have in float32, too
     */
    Optional<FusedStep> fusedStep(double stepSize, Projection projection);

    /**
     * The distance of every point from its center, in the norm of the ball.
     *
     * @param points {@code [N, D]} in the centers' type; not modified
     * @return {@code N} distances
     */
    double[] distances(INDArray points);
}
