package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The perturbations up to a given size: {@code ||d|| <= epsilon}.
 *
 * @param norm the norm in which perturbations are measured
 * @param epsilon the radius, in input units
 */
public record NormBall(Norm norm, double epsilon) {

    /**
     * Checks the radius.
     *
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public NormBall {
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "epsilon must be positive and finite, got " + epsilon + "; it is the radius of the " + norm
                            + " ball in input units, for example 0.1 for pixels in [0, 1]");
        }
    }

    /**
     * A ball in the largest absolute entry.
     *
     * @param epsilon the radius, in input units
     * @return the ball
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static NormBall linf(double epsilon) {
        return new NormBall(Norm.LINF, epsilon);
    }

    /**
     * A Euclidean ball.
     *
     * @param epsilon the radius, in input units
     * @return the ball
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static NormBall l2(double epsilon) {
        return new NormBall(Norm.L2, epsilon);
    }

    /**
     * A ball in the sum of absolute entries.
     *
     * @param epsilon the radius, in input units
     * @return the ball
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static NormBall l1(double epsilon) {
        return new NormBall(Norm.L1, epsilon);
    }

    /**
     * The points of this ball around every sample that lie in a box.
     *
     * @param centers {@code [N, *]}, floating point; not modified, a copy is kept
     * @param box the box; its bounds are rounded to the centers' type
     * @return the set, one ball for every sample
     * @throws IllegalArgumentException if {@code centers} is empty or not floating point, or an entry is NaN or outside
     *     the box
     */
    public FeasibleSet around(INDArray centers, InputBox box) {
        InputBox rounded = BoxBounds.inType(box, centers.dataType());
        Centers checked = Centers.of(centers, rounded);
        return switch (norm) {
            case LINF -> new LinfFeasibleSet(checked, rounded, epsilon);
            case L2 -> new L2FeasibleSet(checked, rounded, epsilon);
            case L1 -> new RowFeasibleSet(checked, Region.of(this, FeatureLimits.none(), box, checked));
        };
    }
}
