package org.jacreg.attacks;

import java.util.Optional;
import org.jacreg.runtime.HostRows;
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
        if (count == 0) {
            return;
        }
        Optional<HostRows> from = HostRows.of(source);
        Optional<HostRows> to = HostRows.of(target);
        if (from.isPresent() && to.isPresent()) {
            copy(from.get(), to.get(), chosen);
        } else {
            copyByOps(source, target, chosen, count);
        }
    }

    private static void copy(HostRows source, HostRows target, boolean[] chosen) {
        source.forStretches((stretch, first, end) -> {
            for (int n = first; n < end; n++) {
                if (chosen[n]) {
                    source.copyRow(n, target);
                }
            }
        });
    }

    private static void copyByOps(INDArray source, INDArray target, boolean[] chosen, int count) {
        if (count == chosen.length) {
            target.assign(source);
        } else if (count > FEW) {
            INDArray mask = Nd4j.createFromArray(chosen);
            Nd4j.exec(new Select(new INDArray[] {mask, source, target}, new INDArray[] {target}));
        } else {
            for (int n = 0; n < chosen.length; n++) {
                if (chosen[n]) {
                    target.getRow(n).assign(source.getRow(n));
                }
            }
        }
    }
}
