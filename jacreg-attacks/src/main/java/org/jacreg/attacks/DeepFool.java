package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DeepFool: steps to the nearest decision boundary as it would be if the model were linear.
 *
 * <p>At the point {@code x_i} the boundaries with the {@code classes - 1} likeliest other classes {@code k} are linearised, {@code f_k = z_k -
 * z_y}, {@code w_k} its gradient; the one of least {@code |f_k| / ||w_k||_q} gives the step
 *
 * <pre>{@code
 * l2:    r_i = (|f_k| / ||w_k||_2 + 1e-4) w_k / ||w_k||_2        linf:  r_i = (|f_k| / ||w_k||_1 + 1e-4) sign(w_k)
 * x_{i+1} = clip(x + (1 + overshoot) (r_0 + ... + r_i))
 * }</pre>
 *
 * <p>until the point is an error. {@code classes - 1} gradients per step. Makes no random draws. Fast and rather exact where the model is nearly
 * linear, but it stops at the first error it meets; {@link Fab}, {@link Fmn} and {@link CarliniWagner} find nearer ones.
 *
 * <p>Source: Moosavi-Dezfooli, Fawzi and Frossard, "DeepFool: a simple and accurate method to fool deep neural networks", CVPR 2016, arXiv
 * 1511.04599; the constant 1e-4 from the authors' code. Differs from it in keeping to the box, and a targeted attack, which it does not have,
 * steps to the boundary between the target and the strongest other class.
 */
public final class DeepFool implements MinimumNormAttack {

    private final Options options;

    private DeepFool(Options options) {
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

    @Override
    public Norm norm() {
        return options.norm();
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new DeepFoolSearch(options, model, x, y, listener).run(toString());
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
        return Configuration.describe("DeepFool", options);
    }

    /**
     * What the attack does.
     *
     * @param norm the norm in which the distance is minimised
     * @param steps steps at most, at least 1
     * @param classes how many classes are looked at, the sample's own included, at least 2
     * @param overshoot by what share the sum of the steps is lengthened, at least 0 and finite
     * @param targeted whether labels are classes to reach
     * @param limits ranges and frozen features
     */
    public record Options(Norm norm, int steps, int classes, double overshoot, boolean targeted, FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(norm != Norm.L1, "DeepFool", "the norm must be linf or l2, got " + norm);
            Configuration.require(steps >= 1, "DeepFool", "steps must be at least 1, got " + steps);
            Configuration.require(classes >= 2, "DeepFool", "classes must be at least 2, got " + classes);
            Configuration.require(
                    overshoot >= 0 && overshoot < Double.POSITIVE_INFINITY,
                    "DeepFool",
                    "overshoot must be at least 0 and finite, got " + overshoot);
        }
    }

    /** Collects the options of a {@link DeepFool}. */
    public static final class Builder {

        private final Norm norm;
        private int steps = 50;
        private int classes = 10;
        private double overshoot = 0.02;
        private boolean targeted;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder(Norm norm) {
            this.norm = norm;
        }

        /**
         * Sets the number of steps, which is the number of gradients.
         *
         * @param value at least 1; 50 unless set, as in the authors' code
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets how many classes are looked at: the sample's own and those of highest logit at the input. A targeted attack looks at all.
         *
         * @param value at least 2, and more than there are means all; 10 unless set, as in the authors' code
         * @return this builder
         */
        public Builder classes(int value) {
            this.classes = value;
            return this;
        }

        /**
         * Sets by what share the sum of the steps is lengthened.
         *
         * @param value at least 0; 0.02 unless set, as in the paper
         * @return this builder
         */
        public Builder overshoot(double value) {
            this.overshoot = value;
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
        public DeepFool build() {
            return new DeepFool(new Options(norm, steps, classes, overshoot, targeted, limits));
        }
    }
}
