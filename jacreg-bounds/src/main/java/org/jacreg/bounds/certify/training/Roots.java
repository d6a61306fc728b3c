package org.jacreg.bounds.certify.training;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Square roots with derivative 0 at 0. */
final class Roots {

    private Roots() {}

    static SDVariable of(SDVariable squares) {
        SameDiff sd = squares.getSameDiff();
        double tiny = squares.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        // NaN is not below anything, and stays.
        SDVariable zero = sd.lte(squares, tiny).castTo(squares.dataType());
        return sd.math().sqrt(squares.add(zero)).mul(zero.rsub(1));
    }
}
