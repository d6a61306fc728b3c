package org.jacreg.vjp;

/** The mathematical kinds of ops, by which rules are written and registered. */
public enum OpKind {
    /** Piecewise constant: the derivative is zero wherever it exists. */
    ZERO,
    /** The output is linear in the input; the rule is the adjoint. */
    LINEAR,
    /** {@code y_i = f(x_i)}; the rule is {@code f'}. */
    ELEMENTWISE,
    /** Linear in each of two inputs. */
    BILINEAR,
    /** Axes are folded by a sum, mean, maximum, norm and the like. */
    REDUCTION,
    /** None of the others; the rule's comment says why. */
    BESPOKE,
    /** Known, and refused for a reason. */
    UNSUPPORTED
}
