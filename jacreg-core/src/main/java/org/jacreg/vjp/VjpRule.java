package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The vector-Jacobian product of one op with respect to one of its inputs.
 *
 * <p>A rule adds forward ops to {@link VjpContext#graph()} and returns {@code J^T ct}. It may use only ops that have rules
 * themselves, so that derivatives of any order exist, and never a {@code *_bp} op.
 */
@FunctionalInterface
public interface VjpRule {

    /**
     * Emits the product.
     *
     * @param context the op, its values and its shapes
     * @param cotangent the cotangent of the output {@link VjpContext#outputIndex()}, stacked: {@code [V*N, ...]} where the output is {@code
     *     [N, ...]}
     * @return the cotangent of the input, stacked in the same way; for an op registered as broadcasting it may still have
     *     the output's shape
     */
    SDVariable vjp(VjpContext context, SDVariable cotangent);
}
