package org.jacreg.attacks;

import java.util.OptionalDouble;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The momentum iterative fast gradient sign method: steps along a running sum of normalised gradients.
 *
 * <p>{@code x_0 = x}, {@code m_0 = 0}, then {@code steps} times
 *
 * <pre>{@code m_{k+1} = decay * m_k + g_k / ||g_k||_1,   x_{k+1} = P(x_k + stepSize * v(m_{k+1})) }</pre>
 *
 * with {@code v(m) = sign(m)} for Linf, {@code m / ||m||_2} for L2 and the signs of the greatest entries for L1, and {@code P} the nearest
 * point of ball and box. Frozen features take no part. Meant for examples that fool other models, too. As many gradients as steps and
 * two evaluations per example. Draws nothing.
 *
 * <p>Source: Dong et al., "Boosting adversarial attacks with momentum", CVPR 2018, arXiv 1710.06081. Differs from it in keeping the best
 * iterate instead of the last.
 */
public final class MiFgsm implements Attack {

    private final Options options;

    private MiFgsm(Options options) {
        this.options = options;
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
        return new RowSearch(options.asPgd(), options.decay(), toString()).run(model, x, y, listener);
    }

    /**
     * The configuration.
     *
     * @return the options
     */
    public Options options() {
        return options;
    }

    /**
     * The configuration.
     *
     * @return every option by name
     */
    @Override
    public String toString() {
        return Configuration.describe("MiFgsm", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball, ranges and frozen features
     * @param steps gradients per example, at least 1
     * @param stepSize the size of a step in the norm of the ball, positive and finite
     * @param decay how much of the sum stays from one step to the next, at least 0 and finite
     * @param targeted whether labels are classes to reach
     */
    public record Options(ThreatModel threat, int steps, double stepSize, double decay, boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "MI-FGSM", "steps must be at least 1, got " + steps);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "MI-FGSM",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(
                    decay >= 0 && decay < Double.POSITIVE_INFINITY,
                    "MI-FGSM",
                    "decay must be at least 0 and finite, got " + decay);
        }

        private Pgd.Options asPgd() {
            return new Pgd.Options(
                    threat, steps, stepSize, false, 1, 0, targeted, Projection.EXACT, Pgd.DEFAULT_DENSITY);
        }
    }

    /** Collects the options of a {@link MiFgsm}. */
    public static final class Builder {

        private final ThreatModel threat;
        private int steps = 10;
        private OptionalDouble stepSize = OptionalDouble.empty();
        private double decay = 1;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets the number of steps.
         *
         * @param value at least 1; 10 unless set, as in the paper
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets the size of a step in the norm of the ball, in input units.
         *
         * @param value positive and finite; {@code epsilon / steps} unless set, as in the paper
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = OptionalDouble.of(value);
            return this;
        }

        /**
         * Sets how much of the sum of gradients stays from one step to the next.
         *
         * @param value at least 0, which is {@link Bim}; 1 unless set, as in the paper
         * @return this builder
         */
        public Builder decay(double value) {
            this.decay = value;
            return this;
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
         * @throws IllegalArgumentException if an option is out of range
         */
        public MiFgsm build() {
            return new MiFgsm(new Options(threat, steps, stepSize.orElse(threat.epsilon() / steps), decay, targeted));
        }
    }
}
