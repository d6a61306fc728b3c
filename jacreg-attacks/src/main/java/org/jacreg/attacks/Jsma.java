package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The attack by the Jacobian's saliency map: changes few entries, each by a lot.
 *
 * <p>With {@code A} the gradient of what is to be raised (targeted: {@code z_y}; untargeted: {@code sum_{k != y} z_k}) and {@code B} that of the rest
 * (targeted: {@code sum_{k != y} z_k}; untargeted: {@code z_y}), every step takes the pair of entries {@code p, q} that maximises
 *
 * <pre>{@code  -(A_p + A_q) (B_p + B_q)   where   theta (A_p + A_q) > 0   and   theta (B_p + B_q) < 0 }</pre>
 *
 * <p>adds {@code theta} to both and clips; entries at the end of their interval and frozen features do not take part. It ends with the first error, where
 * no pair is left, or after {@code floor(gamma D / 2)} steps. Two gradients per step and one evaluation in the end; the search of a pair takes time
 * proportional to {@code D^2}. Makes no random draws. A measure of it is {@link AttackOutcome#l0()}; the result's norm is l1.
 *
 * <p>Source: Papernot, McDaniel, Jha, Fredrikson, Celik and Swami, "The limitations of deep learning in adversarial settings", EuroS&amp;P 2016, arXiv
 * 1511.07528, on logits; untargeted, Wiyatno and Xu, "Maximal Jacobian-based saliency map attack", 2018, arXiv 1808.07945. It is a heuristic: success is a
 * proof of an error, failure proves nothing.
 */
public final class Jsma implements Attack {

    private final Options options;

    private Jsma(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that changes few entries.
     *
     * @return a builder with default options
     */
    public static Builder l0() {
        return new Builder();
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new JsmaSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("Jsma", options);
    }

    /**
     * What the attack does.
     *
     * @param theta what is added to an entry, not 0, finite
     * @param gamma the share of entries that may be changed, in (0, 1]
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(double theta, double gamma, boolean targeted, FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(
                    theta != 0 && Math.abs(theta) < Double.POSITIVE_INFINITY,
                    "JSMA",
                    "theta must be finite and not 0, got " + theta);
            Configuration.require(gamma > 0 && gamma <= 1, "JSMA", "gamma must lie in (0, 1], got " + gamma);
        }
    }

    /** Collects the options of a {@link Jsma}. */
    public static final class Builder {

        private double theta = 1;
        private double gamma = 0.1;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder() {}

        /**
         * Sets what is added to an entry in a step, in input units.
         *
         * @param value positive or negative; 1 unless set, as in the paper: an entry of [0, 1] is changed once
         * @return this builder
         */
        public Builder theta(double value) {
            this.theta = value;
            return this;
        }

        /**
         * Sets the share of entries that may be changed, in steps of two: {@code floor(gamma D / 2)} steps are made.
         *
         * @param value in (0, 1]; 0.1 unless set (the paper: 0.145 on MNIST)
         * @return this builder
         */
        public Builder gamma(double value) {
            this.gamma = value;
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
        public Jsma build() {
            return new Jsma(new Options(theta, gamma, targeted, limits));
        }
    }
}
