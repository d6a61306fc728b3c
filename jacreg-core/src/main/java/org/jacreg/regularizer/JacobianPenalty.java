package org.jacreg.regularizer;

import java.util.List;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A function of the Jacobians of a batch that training makes small. */
sealed interface JacobianPenalty {

    /** Emits the penalty, a scalar, in the type of the logits. */
    SDVariable emit(JacobianGraph jacobian);

    /** {@code (1/N) sum_n ||J_n||_F^2}. */
    record FrobeniusSquared() implements JacobianPenalty {
        @Override
        public SDVariable emit(JacobianGraph jacobian) {
            return total(jacobian.rows(), (sd, rows) -> sd.squaredNorm(rows)).div(batchSize(jacobian.logits()));
        }
    }

    /** {@code 1/(n N) sum ||J_n^T v||_2^2} over {@code n} random directions of length {@code sqrt(C)} {@code v} per sample. */
    record FrobeniusSquaredByProjection(int projections) implements JacobianPenalty {
        @Override
        public SDVariable emit(JacobianGraph jacobian) {
            return total(jacobian.projections(projections, Directions.UNIT_SPHERE), (sd, rows) -> sd.squaredNorm(rows))
                    .div(projections)
                    .div(batchSize(jacobian.logits()));
        }
    }

    /** {@code (1/N) sum_n sum_ci |J_nci|}. */
    record L11() implements JacobianPenalty {
        @Override
        public SDVariable emit(JacobianGraph jacobian) {
            return total(jacobian.rows(), (sd, rows) -> sd.norm1(rows)).div(batchSize(jacobian.logits()));
        }
    }

    /** Folds a variable to a scalar. */
    @FunctionalInterface
    interface Fold {
        SDVariable apply(SameDiff sd, SDVariable rows);
    }

    private static SDVariable total(List<JacobianRows> rows, Fold fold) {
        return rows.stream()
                .map(row -> fold.apply(row.values().getSameDiff(), row.values()))
                .reduce(SDVariable::add)
                .orElseThrow();
    }

    private static SDVariable batchSize(SDVariable logits) {
        return logits.getSameDiff().sizeAt(logits, 0).castTo(logits.dataType());
    }
}
