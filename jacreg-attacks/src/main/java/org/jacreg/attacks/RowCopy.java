package org.jacreg.attacks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.controlflow.Select;
import org.nd4j.linalg.factory.Nd4j;

/** Copies chosen rows between two arrays of one shape. */
final class RowCopy {

    /** Up to this many rows, copying them one by one is faster than one pass over the whole array. */
    private static final int FEW = 6;

    private RowCopy() {}

    /** Copies the rows that {@code chosen} marks from {@code source} into {@code target}, both {@code [N, D]}. */
    static void copy(INDArray source, INDArray target, boolean[] chosen) {
        int count = 0;
        for (boolean row : chosen) {
            count += row ? 1 : 0;
        }
        if (count == chosen.length) {
            target.assign(source);
        } else if (count > FEW) {
            INDArray mask = Nd4j.createFromArray(chosen);
            Nd4j.exec(new Select(new INDArray[] {mask, source, target}, new INDArray[] {target}));
        } else if (count > 0) {
            for (int n = 0; n < chosen.length; n++) {
                if (chosen[n]) {
                    target.getRow(n).assign(source.getRow(n));
                }
            }
        }
    }
}
