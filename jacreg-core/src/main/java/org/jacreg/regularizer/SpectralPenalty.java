package org.jacreg.regularizer;

import org.jacreg.jacobian.JacobianGraph;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The largest singular value.
 *
 * @param iterations 0 to choose: exact where the smaller side of the Jacobian is at most {@value #EXACT_SIDE}, else {@value
 *     #DEFAULT_ITERATIONS} power iterations; otherwise the number of power iterations
 */
record SpectralPenalty(int iterations) implements JacobianPenalty {

    static final int EXACT_SIDE = 64;
    static final int DEFAULT_ITERATIONS = 8;

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        SpectralNorm norm = new SpectralNorm(jacobian);
        if (iterations == 0 && norm.side() <= EXACT_SIDE) {
            return norm.exact(jacobian.rows());
        }
        return norm.byPowerIteration(iterations == 0 ? DEFAULT_ITERATIONS : iterations);
    }
}
