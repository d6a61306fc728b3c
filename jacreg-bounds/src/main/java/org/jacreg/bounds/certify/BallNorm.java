package org.jacreg.bounds.certify;

/** The norm in which perturbations are measured. */
public enum BallNorm {
    /** Sum of absolute values. */
    L1,
    /** Euclidean norm. */
    L2,
    /** Largest absolute value. */
    LINF
}
