package org.jacreg.attacks.objective;

import org.nd4j.autodiff.samediff.SDVariable;

/** How much the divergence of a sample counts; gradients run through it. */
enum DivergenceWeight {

    /** 1: TRADES. */
    ONE,

    /** {@code 1.0000001 - p_y(x)}, the constant as published: MART. */
    CLEAN_DOUBT,

    /** {@code 1 - p_y(x')}: ARoW. */
    ATTACKED_DOUBT,

    /** {@code p_y(x)}: CoW. */
    CLEAN_CONFIDENCE;

    private static final double MART_ONE = 1.0000001;

    /** Rows {@code [N, C]} of samples, each times its weight. */
    SDVariable apply(Branches branches, SDVariable rows) {
        return switch (this) {
            case ONE -> rows;
            case CLEAN_DOUBT ->
                rows.mul(branches.trueProbability(branches.clean()).rsub(MART_ONE));
            case ATTACKED_DOUBT ->
                rows.mul(branches.trueProbability(branches.attacked()).rsub(1.0));
            case CLEAN_CONFIDENCE -> rows.mul(branches.trueProbability(branches.clean()));
        };
    }

    /** Whether a label has to be a class. */
    boolean needsClass() {
        return this != ONE;
    }
}
