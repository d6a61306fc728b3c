package org.jacreg.benchmarks.workload;

import java.util.Locale;
import org.jacreg.regularizer.JacobianRegularizer;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What is done on a batch. A training step is forward, cross-entropy, penalty, backward to all weights and {@code w -= 0.01 g}.
 *
 * <p>Weights of the penalties are those of the peers: {@code 0.005 ||J||_F^2} is {@code 0.01} times the half that the reference
 * implementation of Hoffman et al. penalises.
 */
public enum Job {
    /** A training step without a penalty. */
    PLAIN,
    /** A training step with the exact {@code ||J||_F^2}. */
    FROBENIUS,
    /** A training step with the exact {@code sum |J|}. */
    L11,
    /** A training step with {@code ||J||_F^2} estimated from one random direction a sample. */
    PROJECTION,
    /** The Jacobian of the logits by the inputs, {@code [N, C, D]}. */
    JACOBIAN,
    /** PGD in Linf, radius 0.3, 40 steps of 0.01 from the inputs themselves, clipped to [0, 1]. */
    PGD40;

    /** The learning rate of a training step. */
    static final double RATE = 0.01;

    /**
     * As the commands spell it.
     *
     * @return the name in lower case
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether it trains.
     *
     * @return true for the first four
     */
    public boolean isStep() {
        return compareTo(PROJECTION) <= 0;
    }

    /**
     * Attaches the penalty, if the job has one.
     *
     * @param sd the network; gains the nodes of the penalty
     */
    public void decorate(SameDiff sd) {
        switch (this) {
            case FROBENIUS -> JacobianRegularizer.frobenius(sd).lambda(0.005).attach();
            case L11 -> JacobianRegularizer.l11(sd).lambda(0.001).attach();
            case PROJECTION ->
                JacobianRegularizer.frobenius(sd).projections(1).lambda(0.005).attach();
            default -> {}
        }
    }
}
