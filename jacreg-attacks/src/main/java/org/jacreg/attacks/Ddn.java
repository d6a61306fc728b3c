package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Decoupled direction and norm: gradient steps for the direction, and for the norm a radius that shrinks while the point is an error and grows
 * while it is none.
 *
 * <p>With {@code g} the gradient of the cross-entropy (targeted: its negative) at {@code x_k}, in every step
 *
 * <pre>{@code
 * eps <- (1 - gamma) eps   if x_k is an error, else   (1 + gamma) eps
 * u = x_k - x + alpha_k g / ||g||_2          x_{k+1} = clip(x + eps u / ||u||_2)
 * }</pre>
 *
 * <p>with {@code alpha_k} falling from {@code stepSize} to {@code lastStepSize} along half a cosine. One gradient per step and one evaluation in
 * the end. Makes no random draws. Minimises the Euclidean distance.
 *
 * <p>Source: Rony, Hafemann, Oliveira, Ben Ayed, Sabourin and Granger, "Decoupling direction and norm for efficient gradient-based L2
 * adversarial attacks and defenses", CVPR 2019, arXiv 1811.09600. Differs from it in not rounding to 256 grey levels, and in giving a sample up
 * whose gradient vanishes where there is no error, instead of stepping at random. It is a heuristic: the distance found is an upper bound of the true one.
 */
public final class Ddn implements MinimumNormAttack {

    private final Options options;

    private Ddn(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that minimises the Euclidean distance.
     *
     * @return a builder with default options
     */
    public static Builder l2() {
        return new Builder();
    }

    @Override
    public Norm norm() {
        return Norm.L2;
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new DdnSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("Ddn", options);
    }

    /**
     * What the attack does.
     *
     * @param steps gradients, at least 1
     * @param radius the first radius, in input units, positive and finite
     * @param radiusRate by what share the radius changes in a step, in (0, 1)
     * @param stepSize the length of the first step, positive and finite
     * @param lastStepSize that of the last step, positive and finite
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(
            int steps,
            double radius,
            double radiusRate,
            double stepSize,
            double lastStepSize,
            boolean targeted,
            FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "DDN", "steps must be at least 1, got " + steps);
            Configuration.require(
                    radius > 0 && radius < Double.POSITIVE_INFINITY,
                    "DDN",
                    "radius must be positive and finite, got " + radius);
            Configuration.require(
                    radiusRate > 0 && radiusRate < 1, "DDN", "radiusRate must lie in (0, 1), got " + radiusRate);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "DDN",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(
                    lastStepSize > 0 && lastStepSize < Double.POSITIVE_INFINITY,
                    "DDN",
                    "lastStepSize must be positive and finite, got " + lastStepSize);
        }
    }

    /** Collects the options of a {@link Ddn}. */
    public static final class Builder {

        private int steps = 1000;
        private double radius = 1;
        private double radiusRate = 0.05;
        private double stepSize = 1;
        private double lastStepSize = 0.01;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder() {}

        /**
         * Sets the number of steps, which is the number of gradients.
         *
         * @param value at least 1; 1000 unless set, the largest budget of the paper, which also reports 100 and 300
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets the first radius, in input units.
         *
         * @param value positive and finite; 1 unless set, as in the paper, for inputs in [0, 1]
         * @return this builder
         */
        public Builder radius(double value) {
            this.radius = value;
            return this;
        }

        /**
         * Sets by what share the radius changes in a step, which is also how near to the boundary the search comes.
         *
         * @param value in (0, 1); 0.05 unless set, as in the paper
         * @return this builder
         */
        public Builder radiusRate(double value) {
            this.radiusRate = value;
            return this;
        }

        /**
         * Sets the length of the first step, in input units.
         *
         * @param value positive and finite; 1 unless set, as in the paper
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = value;
            return this;
        }

        /**
         * Sets the length of the last step.
         *
         * @param value positive and finite; 0.01 unless set, as in the paper
         * @return this builder
         */
        public Builder lastStepSize(double value) {
            this.lastStepSize = value;
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
         * Limits single features.
         *
         * @param value ranges and frozen features; none unless set
         * @return this builder
         */
        public Builder limits(FeatureLimits value) {
            this.limits = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public Ddn build() {
            return new Ddn(new Options(steps, radius, radiusRate, stepSize, lastStepSize, targeted, limits));
        }
    }
}
