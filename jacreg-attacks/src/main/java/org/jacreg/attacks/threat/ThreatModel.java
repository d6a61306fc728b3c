package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an attacker may do to an input: stay within a ball, within the model's box, and within limits on single features.
 *
 * @param ball norm and radius of the perturbation, in input units
 * @param limits ranges and frozen features
 */
public record ThreatModel(NormBall ball, FeatureLimits limits) {

    /**
     * A ball without limits on single features.
     *
     * @param ball norm and radius
     * @return the threat model
     */
    public static ThreatModel of(NormBall ball) {
        return new ThreatModel(ball, FeatureLimits.none());
    }

    /**
     * The same with other limits.
     *
     * @param other ranges and frozen features
     * @return a threat model
     */
    public ThreatModel withLimits(FeatureLimits other) {
        return new ThreatModel(ball, other);
    }

    /**
     * The norm in which perturbations are measured.
     *
     * @return the ball's norm
     */
    public Norm norm() {
        return ball.norm();
    }

    /**
     * The radius.
     *
     * @return the ball's radius, in input units
     */
    public double epsilon() {
        return ball.epsilon();
    }

    /**
     * The points that an attacker may reach from every sample.
     *
     * @param centers {@code [N, *]}, floating point; not modified, a copy is kept
     * @param box the model's box; its bounds are rounded to the centers' type
     * @return the set, one for every sample
     * @throws IllegalArgumentException if {@code centers} is empty or not floating point, or an entry is NaN, outside the box or
     *     outside its feature's range, or the limits are for another number of features
     */
    public FeasibleSet around(INDArray centers, InputBox box) {
        if (limits.isNone()) {
            return ball.around(centers, box);
        }
        Centers checked = Centers.of(centers, BoxBounds.inType(box, centers.dataType()));
        return new RowFeasibleSet(checked, Region.of(ball, limits, box, checked));
    }

    /** The configuration. */
    @Override
    public String toString() {
        return ball.norm() + "(" + ball.epsilon() + ")" + (limits.isNone() ? "" : "[" + limits + "]");
    }
}
