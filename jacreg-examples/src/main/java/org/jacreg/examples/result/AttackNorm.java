package org.jacreg.examples.result;

/** The norm that bounds a perturbation. */
public enum AttackNorm {
    /** The greatest change of a pixel. */
    LINF,
    /** The Euclidean length of the change. */
    L2;

    /** The name as plots and tables write it. */
    @Override
    public String toString() {
        return this == LINF ? "l_inf" : "l2";
    }
}
