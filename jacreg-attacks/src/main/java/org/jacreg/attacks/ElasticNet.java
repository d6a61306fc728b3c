package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elastic-net attack (EAD): changes of small l1 norm, and so of few entries.
 *
 * <p>With {@code m} the margin of success ({@code max_{k != y} z_k - z_y}, targeted {@code z_y - max_{k != y} z_k}), it minimises over the box
 *
 * <pre>{@code  c max(0, confidence - m(x')) + ||x' - x||_2^2 + beta ||x' - x||_1 }</pre>
 *
 * <p>by the accelerated proximal method FISTA: with {@code g} the smooth part and {@code S} the shrinkage of changes by {@code beta}, clipped to the box,
 *
 * <pre>{@code  x_{k+1} = S(y_k - a_k grad g(y_k)),   y_{k+1} = x_{k+1} + k / (k + 3) (x_{k+1} - x_k),   a_k = stepSize sqrt(1 - k / steps) }</pre>
 *
 * <p>As in the paper the shrinkage does not depend on {@code a_k}: what the iterates approach is the objective with {@code beta / a_k} for {@code beta},
 * so that the l1 norm weighs the more, the smaller the steps.
 *
 * <p>Then {@code c} is raised tenfold where no error was found, and bisected where one was. Every step costs one gradient and one evaluation.
 * Makes no random draws. The returned point is, of all errors evaluated, the one of least l1 norm, or of least {@code ||d||_2^2 + beta
 * ||d||_1}, see {@link Builder#decision}; outcomes measure in l1.
 *
 * <p>Source: Chen, Sharma, Zhang, Yi and Hsieh, "EAD: elastic-net attacks to deep neural networks via adversarial examples", AAAI 2018, arXiv
 * 1709.04114; constants from the authors' code. It is a heuristic: the distance found is an upper bound of the true one.
 */
public final class ElasticNet implements MinimumNormAttack {

    private final Options options;

    private ElasticNet(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that minimises the sum of absolute changes.
     *
     * @return a builder with default options
     */
    public static Builder l1() {
        return new Builder();
    }

    /** What the best error is the least in. */
    public enum Decision {

        /** The l1 norm of the change. */
        L1,

        /** The elastic net {@code ||d||_2^2 + beta ||d||_1} of the change. */
        ELASTIC_NET
    }

    @Override
    public Norm norm() {
        return Norm.L1;
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new ElasticNetSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("ElasticNet", options);
    }

    /**
     * What the attack does.
     *
     * @param steps steps of one search, at least 1
     * @param searches how many values of the weight are tried, at least 1
     * @param stepSize the first step size, positive and finite
     * @param weight the first weight {@code c}, positive and finite
     * @param beta the weight of the l1 norm and the threshold of the shrinkage, at least 0 and finite
     * @param confidence the margin that is asked for, at least 0 and finite
     * @param decision which error is the best
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(
            int steps,
            int searches,
            double stepSize,
            double weight,
            double beta,
            double confidence,
            Decision decision,
            boolean targeted,
            FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "EAD", "steps must be at least 1, got " + steps);
            Configuration.require(searches >= 1, "EAD", "searches must be at least 1, got " + searches);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "EAD",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(
                    weight > 0 && weight < Double.POSITIVE_INFINITY,
                    "EAD",
                    "weight must be positive and finite, got " + weight);
            Configuration.require(
                    beta >= 0 && beta < Double.POSITIVE_INFINITY,
                    "EAD",
                    "beta must be at least 0 and finite, got " + beta);
            Configuration.require(
                    confidence >= 0 && confidence < Double.POSITIVE_INFINITY,
                    "EAD",
                    "confidence must be at least 0 and finite, got " + confidence);
        }
    }

    /** Collects the options of an {@link ElasticNet}. */
    public static final class Builder {

        private int steps = 1000;
        private int searches = 9;
        private double stepSize = 0.01;
        private double weight = 1e-3;
        private double beta = 1e-3;
        private double confidence;
        private Decision decision = Decision.L1;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder() {}

        /**
         * Sets the number of steps of one search.
         *
         * @param value at least 1; 1000 unless set, as in the paper
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets how many values of the weight {@code c} are tried.
         *
         * @param value at least 1; 9 unless set, as in the paper
         * @return this builder
         */
        public Builder searches(int value) {
            this.searches = value;
            return this;
        }

        /**
         * Sets the first step size.
         *
         * @param value positive and finite; 0.01 unless set, as in the paper
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = value;
            return this;
        }

        /**
         * Sets the first weight {@code c}.
         *
         * @param value positive and finite; 0.001 unless set, as in the paper
         * @return this builder
         */
        public Builder weight(double value) {
            this.weight = value;
            return this;
        }

        /**
         * Sets the weight of the l1 norm, which is also how much every change is shrunk in a step. Where the least l1 norm is wanted, ten
         * times the step size lets it outweigh the Euclidean norm.
         *
         * @param value at least 0; 0.001 unless set, one of the values of the paper (1e-4 to 5e-2); more makes changes sparser
         * @return this builder
         */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /**
         * Sets the margin of logits that is asked for.
         *
         * @param value at least 0; 0 unless set, for the nearest error
         * @return this builder
         */
        public Builder confidence(double value) {
            this.confidence = value;
            return this;
        }

        /**
         * Sets which error is the best.
         *
         * @param value {@link Decision#L1} unless set
         * @return this builder
         */
        public Builder decision(Decision value) {
            this.decision = value;
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
        public ElasticNet build() {
            return new ElasticNet(
                    new Options(steps, searches, stepSize, weight, beta, confidence, decision, targeted, limits));
        }
    }
}
