package org.jacreg.regularizer;

import org.jacreg.jacobian.JacobianGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * By how much the marginwise surrogate exceeds the cross-entropy: {@code ln sum_j exp(z_j + eps ||J_j - J_y||_q) - ln sum_j
 * exp(z_j)}, never negative.
 *
 * @param epsilon radius of the attack
 * @param l1 whether q = 1 (l_inf attack) rather than 2
 */
record MarginwisePenalty(double epsilon, boolean l1) implements JacobianPenalty {

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        SameDiff sd = jacobian.logits().getSameDiff();
        SDVariable label = new TrueClass(jacobian.model(), jacobian.probe()).oneHot();
        SDVariable radii = new RowFold(jacobian).eachRow(JacobianPenalty.differences(jacobian), l1);
        SDVariable raised = jacobian.logits().add(radii.mul(epsilon));
        // -log_softmax at the true class: its own row of differences is zero, so its logit is not raised.
        SDVariable surplus = sd.nn().logSoftmax(jacobian.logits()).sub(sd.nn().logSoftmax(raised));
        return sd.sum(surplus.mul(label), 1);
    }
}
