package org.jacreg.regularizer;

import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * One penalty that is ready to be added to a graph.
 *
 * @param name what the user calls it
 * @param source emits its nodes
 * @param weights how samples count
 * @param rules the derivative rules
 * @param lambda the weight in the total loss
 * @param schedule how the weight varies, or null
 */
record PenaltyTerm(
        String name,
        TermSource source,
        SampleWeights weights,
        VjpRules rules,
        double lambda,
        @Nullable ISchedule schedule) {

    PenaltyTerm named(String other) {
        return new PenaltyTerm(other, source, weights, rules, lambda, schedule);
    }

    /** Emits the weighted mean over the batch, a scalar. */
    SDVariable emit() {
        if (weights instanceof SampleWeights.Uniform) {
            return source.mean();
        }
        SDVariable values = source.perSample();
        SDVariable factors = new WeightEmitter(source.model(), source.probe(), rules).emit(weights);
        SDVariable logits = values.getSameDiff().getVariable(source.model().logits());
        return JacobianPenalty.sum(values.mul(factors)).div(TermSource.batchSize(logits));
    }
}
