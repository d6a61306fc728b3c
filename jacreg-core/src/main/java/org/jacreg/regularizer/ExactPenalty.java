package org.jacreg.regularizer;

import java.util.List;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A norm of the exact Jacobian, or of the rows {@code J_j - J_y} of the margins.
 *
 * @param norm which norm
 * @param margins whether rows are taken relative to the true class
 */
record ExactPenalty(Norm norm, boolean margins) implements JacobianPenalty {

    enum Norm {
        FROBENIUS_SQUARED,
        FROBENIUS,
        L11,
        L21
    }

    private List<JacobianRows> rows(JacobianGraph jacobian) {
        return margins ? JacobianPenalty.differences(jacobian) : jacobian.rows();
    }

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        RowFold fold = new RowFold(jacobian);
        List<JacobianRows> rows = rows(jacobian);
        return switch (norm) {
            case FROBENIUS_SQUARED -> fold.squares(rows);
            case FROBENIUS -> fold.root(fold.squares(rows));
            case L11 -> fold.absolutes(rows);
            case L21 -> fold.columns(rows);
        };
    }

    /** Sums of all entries need no detour by samples. */
    @Override
    public SDVariable mean(JacobianGraph jacobian) {
        if (norm != Norm.FROBENIUS_SQUARED && norm != Norm.L11) {
            return JacobianPenalty.super.mean(jacobian);
        }
        return rows(jacobian).stream()
                .map(JacobianRows::values)
                .map(rows -> norm == Norm.L11
                        ? rows.getSameDiff().norm1(rows)
                        : rows.getSameDiff().squaredNorm(rows))
                .map(sum -> JacobianPenalty.inTypeOfLogits(jacobian, sum))
                .reduce(SDVariable::add)
                .orElseThrow()
                .div(JacobianPenalty.batchSize(jacobian));
    }
}
