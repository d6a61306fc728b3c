package org.jacreg.bounds.certify.complete;

import org.jacreg.bounds.certify.ProofMethod;

/** How {@link CompleteVerifier} proves. */
public enum CompleteMethod implements ProofMethod {
    /** Branch and bound over the states of rectifiers. */
    BRANCH_AND_BOUND
}
