package org.jacreg.regularizer;

import java.util.List;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * An unbiased estimate by random projections.
 *
 * @param projections {@code n}, how many per sample
 * @param columns whether to estimate {@code ||J||_{2,1}} rather than {@code ||J||_F^2}
 */
record ProjectedPenalty(int projections, boolean columns) implements JacobianPenalty {

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        RowFold fold = new RowFold(jacobian);
        return columns
                ? fold.absolutes(rows(jacobian)).mul(Math.sqrt(Math.PI / 2) / projections)
                : fold.squares(rows(jacobian)).div(projections);
    }

    /** Only normal directions serve the column norms: {@code E|<w, v>| = sqrt(2/pi) |w|_2} for every w. */
    private List<JacobianRows> rows(JacobianGraph jacobian) {
        return jacobian.projections(projections, columns ? Directions.GAUSSIAN : Directions.UNIT_SPHERE);
    }

    @Override
    public SDVariable mean(JacobianGraph jacobian) {
        if (columns) {
            return JacobianPenalty.super.mean(jacobian);
        }
        return rows(jacobian).stream()
                .map(block -> block.values().getSameDiff().squaredNorm(block.values()))
                .reduce(SDVariable::add)
                .orElseThrow()
                .div(projections)
                .div(JacobianPenalty.batchSize(jacobian));
    }
}
