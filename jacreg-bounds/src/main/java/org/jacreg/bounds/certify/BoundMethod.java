package org.jacreg.bounds.certify;

/** How values are bounded over a ball, in the order of what they cost. */
public enum BoundMethod implements ProofMethod {

    /**
     * Interval bounds: a box around every layer's values; the linear maps behind the last nonlinear op, down to the margins, are taken
     * together. Source: Gowal et al. (2018), "On the effectiveness of interval bound propagation".
     */
    INTERVAL,

    /**
     * Backward substitution of lines, a rectifier's lower line parallel to the upper one. Source: Weng et al. (2018), "Towards fast
     * computation of certified robustness for ReLU networks".
     */
    FAST_LIN,

    /**
     * Backward substitution of lines, a rectifier's lower line chosen by the larger end. Source: Zhang et al. (2018), "Efficient neural
     * network robustness certification with general activation functions".
     */
    CROWN,

    /**
     * {@link #CROWN}, then for each margin its own lower lines of the rectifiers, improved by 20 steps along the
     * gradient; the bounds before each layer are CROWN's. Never below CROWN. Source: Xu et al. (2021), "Fast and complete: enabling
     * complete neural network verification with rapid and massively parallel incomplete verifiers".
     */
    ALPHA_CROWN
}
