package org.jacreg.regularizer;

import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;

/** Emits the weights of samples, {@code [N]}. */
final class WeightEmitter {

    private final JacobianGraph jacobian;
    private final VjpRules rules;

    WeightEmitter(JacobianGraph jacobian, VjpRules rules) {
        this.jacobian = jacobian;
        this.rules = rules;
    }

    SDVariable emit(SampleWeights weights) {
        TrueClass truth = new TrueClass(jacobian.model(), jacobian.probe());
        if (weights instanceof SampleWeights.Adversarial adversarial) {
            return truth.oneMinusProbability(attackedLogits(adversarial.epsilon()));
        }
        return truth.oneMinusProbability(jacobian.logits());
    }

    private SDVariable attackedLogits(double epsilon) {
        throw new UnsupportedOperationException("wired with the subgraph copy " + epsilon + rules.opNames());
    }
}
