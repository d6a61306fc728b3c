package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Ones of a variable's shape that SameDiff does not take for a function of it.
 *
 * <p>SameDiff would hand the gradient 0 down to where the variable comes from, and if that is a loss op, it takes any gradient
 * for 1 (docs/nd4j-bugs.md). Nothing is differentiated through integers.
 */
public final class Ones {

    private Ones() {}

    /**
     * Emits the ones.
     *
     * @param variable floating point; its graph gains nodes
     * @return of the variable's shape and type
     */
    public static SDVariable like(SDVariable variable) {
        return variable.getSameDiff().onesLike(variable.castTo(DataType.INT32)).castTo(variable.dataType());
    }
}
