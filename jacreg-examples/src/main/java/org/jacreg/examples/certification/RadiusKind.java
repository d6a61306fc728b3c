package org.jacreg.examples.certification;

import org.jacreg.bounds.certify.BallNorm;

/** What radii are computed on trained networks, in the order of the table. */
public enum RadiusKind {
    /** Interval bounds. */
    INTERVAL(BallNorm.LINF, false, "intervals"),
    /** Parallel lines. */
    FAST_LIN(BallNorm.LINF, true, "Fast-Lin"),
    /** Adaptive lines. */
    CROWN(BallNorm.LINF, false, "CROWN"),
    /** Optimised lines. */
    ALPHA_CROWN(BallNorm.LINF, true, "alpha-CROWN"),
    /** Local Lipschitz constants. */
    LOCAL(BallNorm.LINF, true, "local Lipschitz"),
    /** Pairwise global Lipschitz constants. */
    PAIRWISE_L2(BallNorm.L2, false, "global Lipschitz, pairs"),
    /** Adaptive lines in l2. */
    CROWN_L2(BallNorm.L2, true, "CROWN"),
    /** Local Lipschitz constants in l2. */
    LOCAL_L2(BallNorm.L2, true, "local Lipschitz"),
    /** Pairwise global Lipschitz constants in l1. */
    PAIRWISE_L1(BallNorm.L1, false, "global Lipschitz, pairs"),
    /** Adaptive lines in l1. */
    CROWN_L1(BallNorm.L1, true, "CROWN"),
    /** Local Lipschitz constants in l1. */
    LOCAL_L1(BallNorm.L1, true, "local Lipschitz");

    private final BallNorm norm;
    private final boolean slow;
    private final String label;

    RadiusKind(BallNorm norm, boolean slow, String label) {
        this.norm = norm;
        this.slow = slow;
        this.label = label;
    }

    /**
     * The norm of the ball.
     *
     * @return l_inf, l2 or l1
     */
    public BallNorm norm() {
        return norm;
    }

    /**
     * The name in tables.
     *
     * @return a few words
     */
    public String label() {
        return label;
    }

    /** Whether it is computed for few digits only. */
    boolean slow() {
        return slow;
    }
}
