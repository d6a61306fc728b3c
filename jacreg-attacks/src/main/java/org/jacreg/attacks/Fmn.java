package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The fast minimum-norm attack: normalised gradient steps within a ball whose radius follows the boundary.
 *
 * <p>With {@code m} the margin of success ({@code max_{k != y} z_k - z_y}, targeted {@code z_y - max_{k != y} z_k}), {@code g} its gradient at
 * {@code x_k} and {@code r} the distance of the nearest error so far, in every step
 *
 * <pre>{@code
 * eps <- min((1 - gamma_k) eps, r)            if x_k is an error,
 *        (1 + gamma_k) eps                    if it is none, but one was found,
 *        (1 + gamma_k) (||x_k - x|| + |m| / ||g||_q)   if none was found yet
 * x_{k+1} = P_eps(x_k + alpha_k g / ||g||_2)
 * }</pre>
 *
 * <p>with {@code P_eps} the projection onto the ball of radius {@code eps} around the input and the box, and both rates falling along half a
 * cosine. One gradient per step and one evaluation in the end. Makes no random draws.
 *
 * <p>Source: Pintor, Roli, Brendel and Biggio, "Fast minimum-norm adversarial attacks through adaptive norm constraints", NeurIPS 2021, arXiv
 * 2102.12827. Differs from it in projecting onto ball and box at once instead of one after the other, and in the factor of the last line. A sample whose gradient vanishes where
 * there is no error is given up. It is a heuristic: the distance found is an upper bound of the true one.
 */
public final class Fmn implements MinimumNormAttack {

    private final Options options;

    private Fmn(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that minimises the largest change of an entry.
     *
     * @return a builder with default options
     */
    public static Builder linf() {
        return new Builder(Norm.LINF);
    }

    /**
     * Starts an attack that minimises the Euclidean distance.
     *
     * @return a builder with default options
     */
    public static Builder l2() {
        return new Builder(Norm.L2);
    }

    /**
     * Starts an attack that minimises the sum of absolute changes.
     *
     * @return a builder with default options
     */
    public static Builder l1() {
        return new Builder(Norm.L1);
    }

    /**
     * Starts an attack.
     *
     * @param norm the norm in which the distance is minimised
     * @return a builder with default options
     */
    public static Builder in(Norm norm) {
        return new Builder(norm);
    }

    @Override
    public Norm norm() {
        return options.norm();
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new FmnSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("Fmn", options);
    }

    /**
     * What the attack does.
     *
     * @param norm the norm in which the distance is minimised
     * @param steps gradients, at least 1
     * @param stepSize the length of the first step, in the Euclidean norm, positive and finite
     * @param lastStepSize that of the last step, positive and finite
     * @param radiusRate by what share the radius changes in the first step, in (0, 1)
     * @param lastRadiusRate that in the last step, in (0, 1)
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(
            Norm norm,
            int steps,
            double stepSize,
            double lastStepSize,
            double radiusRate,
            double lastRadiusRate,
            boolean targeted,
            FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "FMN", "steps must be at least 1, got " + steps);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "FMN",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(
                    lastStepSize > 0 && lastStepSize < Double.POSITIVE_INFINITY,
                    "FMN",
                    "lastStepSize must be positive and finite, got " + lastStepSize);
            Configuration.require(
                    radiusRate > 0 && radiusRate < 1, "FMN", "radiusRate must lie in (0, 1), got " + radiusRate);
            Configuration.require(
                    lastRadiusRate > 0 && lastRadiusRate < 1,
                    "FMN",
                    "lastRadiusRate must lie in (0, 1), got " + lastRadiusRate);
        }
    }

    /** Collects the options of an {@link Fmn}. */
    public static final class Builder {

        private final Norm norm;
        private int steps = 1000;
        private double stepSize = 1;
        private double lastStepSize = 0.01;
        private double radiusRate = 0.05;
        private double lastRadiusRate = 0.001;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder(Norm norm) {
            this.norm = norm;
        }

        /**
         * Sets the number of steps, which is the number of gradients.
         *
         * @param value at least 1; 1000 unless set, as in the experiments of the paper
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets the length of the first step, in the Euclidean norm and in input units.
         *
         * @param value positive and finite; 1 unless set, as in the paper, for inputs in [0, 1]
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = value;
            return this;
        }

        /**
         * Sets the length of the last step.
         *
         * @param value positive and finite; 0.01 unless set, a hundredth of the first as in the authors' code
         * @return this builder
         */
        public Builder lastStepSize(double value) {
            this.lastStepSize = value;
            return this;
        }

        /**
         * Sets by what share the radius changes in the first step.
         *
         * @param value in (0, 1); 0.05 unless set, as in the paper
         * @return this builder
         */
        public Builder radiusRate(double value) {
            this.radiusRate = value;
            return this;
        }

        /**
         * Sets by what share the radius changes in the last step.
         *
         * @param value in (0, 1); 0.001 unless set, as in the authors' code
         * @return this builder
         */
        public Builder lastRadiusRate(double value) {
            this.lastRadiusRate = value;
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
        public Fmn build() {
            return new Fmn(
                    new Options(norm, steps, stepSize, lastStepSize, radiusRate, lastRadiusRate, targeted, limits));
        }
    }
}
