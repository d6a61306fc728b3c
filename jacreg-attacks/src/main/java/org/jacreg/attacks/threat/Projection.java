package org.jacreg.attacks.threat;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How a point is brought back into ball and box after a step. */
public enum Projection {

    /** The nearest point of ball and box: {@link FeasibleSet#project}. */
    EXACT,

    /** Scale the perturbation into the ball, then clip to the box: {@link FeasibleSet#rescaleThenClip}. */
    RESCALE_THEN_CLIP;

    /**
     * Brings points into a set.
     *
     * @param points {@code [N, D]}; modified
     * @param set the set
     */
    public void apply(INDArray points, FeasibleSet set) {
        if (this == EXACT) {
            set.project(points);
        } else {
            set.rescaleThenClip(points);
        }
    }
}
