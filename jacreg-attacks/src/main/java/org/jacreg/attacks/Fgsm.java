package org.jacreg.attacks;

import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The fast gradient (sign) method: one step to the edge of the ball.
 *
 * <p>{@code x' = clip(x + epsilon sign(g))} for Linf and {@code x' = clip(x + epsilon g / ||g||_2)} for L2, {@code g} the
 * gradient of the cross-entropy at {@code x}, {@code sign(0) = 0}, {@code x' = x} where {@code g = 0}, {@code clip} to the
 * classifier's box. For L1 the radius is spent on the entries of greatest {@code |g|}, each up to the box, one after the other. Frozen
 * features take no part. A targeted attack steps the other way on the cross-entropy with the target. One gradient and one
 * evaluation per example. This maximises the loss linearised at {@code x}; on a two-class linear model without a box it
 * reaches the true maximum, for Linf and L1 with a box, too.
 *
 * <p>Source: Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015, arXiv 1412.6572.
 * Differs from it in returning the input itself where the step does not raise the loss.
 */
public final class Fgsm implements Attack {

    private final ThreatModel threat;
    private final boolean targeted;

    private Fgsm(ThreatModel threat, boolean targeted) {
        this.threat = threat;
        this.targeted = targeted;
    }

    /**
     * Starts an attack in a Linf ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts an attack in an L2 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts an attack in an L1 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l1(double epsilon) {
        return in(NormBall.l1(epsilon));
    }

    /**
     * Starts an attack in a ball.
     *
     * @param ball norm and radius
     * @return a builder with default options
     */
    public static Builder in(NormBall ball) {
        return in(ThreatModel.of(ball));
    }

    /**
     * Starts an attack within a threat model.
     *
     * @param threat ball, ranges and frozen features
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Pgd.Options oneStep = new Pgd.Options(
                threat, 1, threat.epsilon(), false, 1, 0, targeted, Projection.RESCALE_THEN_CLIP, Double.MIN_VALUE);
        return GradientSearch.attack(oneStep, toString(), model, x, y, listener);
    }

    /**
     * The ball that is searched.
     *
     * @return norm and radius
     */
    public NormBall ball() {
        return threat.ball();
    }

    /**
     * The configuration.
     *
     * @return every option by name
     */
    @Override
    public String toString() {
        return "Fgsm[" + Configuration.norm(threat) + ", targeted=" + targeted + "]";
    }

    /** Collects the options of an {@link Fgsm}. */
    public static final class Builder {

        private final ThreatModel threat;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets what labels mean.
         *
         * @param value true if labels are classes to reach; false, as unless set, if they are classes to leave
         * @return this builder
         */
        public Builder targeted(boolean value) {
            this.targeted = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         */
        public Fgsm build() {
            return new Fgsm(threat, targeted);
        }
    }
}
