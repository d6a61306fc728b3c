package org.jacreg.house.planted.jacobian;

import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/** Reads SameDiff's internals outside the two packages that may. */
final class TouchesInternals {

    String name(SameDiffOp op) {
        return op.getName();
    }
}
