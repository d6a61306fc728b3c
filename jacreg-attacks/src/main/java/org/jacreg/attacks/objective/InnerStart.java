package org.jacreg.attacks.objective;

/** Where an {@link InnerAttack} starts. */
public enum InnerStart {

    /** At a point drawn uniformly from the ball, clipped to the box: Madry et al., ARoW, FGSM-RS. */
    UNIFORM,

    /** At {@code x + 0.001 N(0, I)}, brought back into ball and box: TRADES, MART, HAT. */
    GAUSSIAN,

    /** At the input itself; for {@link InnerLoss#CROSS_ENTROPY} only, as the divergences have gradient zero there. */
    INPUT;

    /** The standard deviation of the normal start in the published codes. */
    static final double DEVIATION = 1e-3;
}
