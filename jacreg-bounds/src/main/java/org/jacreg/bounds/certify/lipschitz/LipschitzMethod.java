package org.jacreg.bounds.certify.lipschitz;

import org.jacreg.bounds.certify.ProofMethod;

/** How a radius follows from Lipschitz constants. */
public enum LipschitzMethod implements ProofMethod {
    /** The margin over {@code sqrt(2)} times the constant of the whole network (Tsuzuku et al., 2018). */
    MARGIN,
    /** For every other class by itself, from the difference of the last layer's rows (Leino et al., 2021). */
    PAIRWISE,
    /** From bounds of the Jacobian over balls of growing radius: {@link LocalLipschitzCertifier}. */
    LOCAL
}
