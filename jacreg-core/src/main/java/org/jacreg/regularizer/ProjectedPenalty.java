package org.jacreg.regularizer;

import java.util.List;
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
                ? fold.absolutes(gaussian(jacobian)).mul(Math.sqrt(Math.PI / 2) / projections)
                : fold.squares(jacobian.projections(projections)).mul(factor(jacobian));
    }

    private double factor(JacobianGraph jacobian) {
        return (double) jacobian.probe().classes() / projections;
    }

    private List<JacobianRows> gaussian(JacobianGraph jacobian) {
        return jacobian.projections(projections);
    }

    @Override
    public SDVariable mean(JacobianGraph jacobian) {
        if (columns) {
            return JacobianPenalty.super.mean(jacobian);
        }
        List<JacobianRows> rows = jacobian.projections(projections);
        return rows.stream()
                .map(block -> block.values().getSameDiff().squaredNorm(block.values()))
                .reduce(SDVariable::add)
                .orElseThrow()
                .mul(factor(jacobian))
                .div(JacobianPenalty.batchSize(jacobian));
    }
}
