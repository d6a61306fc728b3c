package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The attack of Carlini and Wagner under the Euclidean norm: an unconstrained minimisation whose weight is found by bisection.
 *
 * <p>With {@code m} the margin of success ({@code max_{k != y} z_k - z_y}, targeted {@code z_y - max_{k != y} z_k}), Adam minimises over {@code w}
 *
 * <pre>{@code  ||x' - x||_2^2 + c max(0, confidence - m(x')),     x' = (hi + lo) / 2 + tanh(w) (hi - lo) / 2 }</pre>
 *
 * <p>from the input on, so that {@code x'} keeps to the box; an entry with a bound missing is its own variable and is clipped. Then {@code c} is
 * raised tenfold where no error was found, and bisected where one was. A search ends early where the objective falls by less than one in ten
 * thousand over a tenth of the steps. At most {@code searches * steps} gradients. Makes no random draws. The returned point is the nearest error
 * of all evaluated, whatever the confidence.
 *
 * <p>Source: Carlini and Wagner, "Towards evaluating the robustness of neural networks", IEEE S&amp;P 2017, arXiv 1608.04644; constants from the
 * authors' code. It is a heuristic: the distance found is an upper bound of the true one.
 */
public final class CarliniWagner implements MinimumNormAttack {

    private final Options options;

    private CarliniWagner(Options options) {
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
        return new CarliniWagnerSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("CarliniWagner", options);
    }

    /**
     * What the attack does.
     *
     * @param steps gradients of one search, at least 1
     * @param searches how many values of the weight are tried, at least 1
     * @param stepSize Adam's step size, positive and finite
     * @param weight the first weight {@code c}, positive and finite
     * @param confidence the margin that is asked for, at least 0 and finite
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(
            int steps,
            int searches,
            double stepSize,
            double weight,
            double confidence,
            boolean targeted,
            FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "Carlini-Wagner", "steps must be at least 1, got " + steps);
            Configuration.require(searches >= 1, "Carlini-Wagner", "searches must be at least 1, got " + searches);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "Carlini-Wagner",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(
                    weight > 0 && weight < Double.POSITIVE_INFINITY,
                    "Carlini-Wagner",
                    "weight must be positive and finite, got " + weight);
            Configuration.require(
                    confidence >= 0 && confidence < Double.POSITIVE_INFINITY,
                    "Carlini-Wagner",
                    "confidence must be at least 0 and finite, got " + confidence);
        }
    }

    /** Collects the options of a {@link CarliniWagner}. */
    public static final class Builder {

        private int steps = 10000;
        private int searches = 9;
        private double stepSize = 0.01;
        private double weight = 1e-3;
        private double confidence;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder() {}

        /**
         * Sets the number of steps of one search, each of one gradient.
         *
         * @param value at least 1; 10000 unless set, as in the authors' code; 1000 come close on small networks
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets how many values of the weight {@code c} are tried.
         *
         * @param value at least 1; 9 unless set, as in the authors' code
         * @return this builder
         */
        public Builder searches(int value) {
            this.searches = value;
            return this;
        }

        /**
         * Sets Adam's step size, in {@code w}.
         *
         * @param value positive and finite; 0.01 unless set, as in the authors' code
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = value;
            return this;
        }

        /**
         * Sets the first weight {@code c}.
         *
         * @param value positive and finite; 0.001 unless set, as in the authors' code
         * @return this builder
         */
        public Builder weight(double value) {
            this.weight = value;
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
        public CarliniWagner build() {
            return new CarliniWagner(new Options(steps, searches, stepSize, weight, confidence, targeted, limits));
        }
    }
}
