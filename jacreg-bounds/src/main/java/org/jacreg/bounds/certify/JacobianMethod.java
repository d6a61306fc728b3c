package org.jacreg.bounds.certify;

/**
 * How a Jacobian is bounded once the derivative of every unit lies in an interval {@code [a, b]}. With g the derivative of a logit by what
 * a unit gives, {@code l <= g <= u}, and D the unit's own derivative, the derivative by what it takes is {@code z = D g}.
 *
 * <p>Every method is sound, and the later ones are never looser than {@link #FAST_LIP}, of which the better end is taken entry by entry.
 */
public enum JacobianMethod {

    /**
     * The product of intervals at every unit, carried on by {@code |W|}. Costs about as much as one evaluation of the network for every row of
     * the Jacobian. Source: Weng et al. (2018), "Towards fast computation of certified robustness for ReLU networks", arXiv 1804.09699.
     */
    FAST_LIP,

    /**
     * Where g has one sign, {@code a g} and {@code b g} are the ends of z whatever g is, so that a sum of such terms goes on to the next
     * layer's weights before anything is bounded; elsewhere {@code min(a u, b l) <= z <= max(a l, b u)}. Costs an evaluation of the part of
     * the network behind a layer for every number of it whose sign is open, and for every number of the input. Source: Zhang, Zhang, Hsieh
     * (2019), "RecurJac", arXiv 1810.11783.
     */
    RECURJAC,

    /**
     * As {@link #RECURJAC}, but where the sign of g is open the chords of {@code max(a g, b g)} and {@code min(a g, b g)} take the place of
     * constants, so that such terms go on as well. Costs the same. Mostly tighter than RECURJAC, though not in every entry. Source: Shi et al.
     * (2022), "Efficiently computing local Lipschitz constants of neural networks via bound propagation", arXiv 2210.07394.
     */
    CHORDS
}
