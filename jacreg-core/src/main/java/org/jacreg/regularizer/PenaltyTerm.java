package org.jacreg.regularizer;

import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * One penalty that is ready to be added to a graph.
 *
 * @param name what the user calls it
 * @param jacobian emits Jacobian rows
 * @param penalty what is penalised of them
 * @param weights how samples count
 * @param rules the derivative rules
 * @param lambda the weight in the total loss
 * @param schedule how the weight varies, or null
 */
record PenaltyTerm(
        String name,
        JacobianGraph jacobian,
        JacobianPenalty penalty,
        SampleWeights weights,
        VjpRules rules,
        double lambda,
        @Nullable ISchedule schedule) {

    PenaltyTerm named(String other) {
        return new PenaltyTerm(other, jacobian, penalty, weights, rules, lambda, schedule);
    }

    /** Emits the weighted mean over the batch, a scalar. */
    SDVariable emit() {
        if (weights instanceof SampleWeights.Uniform) {
            return penalty.mean(jacobian);
        }
        SDVariable values = penalty.perSample(jacobian);
        SDVariable factors = new WeightEmitter(jacobian, rules).emit(weights);
        return JacobianPenalty.sum(values.mul(factors)).div(JacobianPenalty.batchSize(jacobian));
    }
}
