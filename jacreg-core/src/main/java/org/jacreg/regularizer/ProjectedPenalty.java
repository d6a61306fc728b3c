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
 * @param directions their distribution
 * @param columns whether to estimate {@code ||J||_{2,1}}, from Gaussian directions, rather than {@code ||J||_F^2}
 */
record ProjectedPenalty(int projections, Directions directions, boolean columns) implements JacobianPenalty {

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        RowFold fold = new RowFold(jacobian);
        List<JacobianRows> rows = jacobian.projections(projections, directions);
        return columns
                ? fold.absolutes(rows).mul(Math.sqrt(Math.PI / 2) / projections)
                : fold.squares(rows).div(projections);
    }

    @Override
    public SDVariable mean(JacobianGraph jacobian) {
        if (columns) {
            return JacobianPenalty.super.mean(jacobian);
        }
        return jacobian.projections(projections, directions).stream()
                .map(block -> block.values().getSameDiff().squaredNorm(block.values()))
                .map(sum -> JacobianPenalty.inTypeOfLogits(jacobian, sum))
                .reduce(SDVariable::add)
                .orElseThrow()
                .div(projections)
                .div(JacobianPenalty.batchSize(jacobian));
    }
}
