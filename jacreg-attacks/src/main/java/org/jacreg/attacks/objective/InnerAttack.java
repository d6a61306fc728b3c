package org.jacreg.attacks.objective;

import java.util.OptionalDouble;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The attack that makes the adversarial examples of a step of training: projected steepest ascent, of which the last point is
 * taken.
 *
 * <pre>{@code x_{k+1} = P(x_k + stepSize * v(gradient of loss at x_k)),   k = 0 .. steps - 1 }</pre>
 *
 * with {@code v(g)} the direction of unit norm in which the linearised loss grows fastest ({@code sign(g)} for Linf, {@code g /
 * ||g||_2} for L2), and {@code P} the exact projection onto ball and box around the input. What is drawn for the start is a function of the seed, the iteration and the sample: a resumed run draws what an
 * uninterrupted one does.
 *
 * @param threat ball and limits on single features, in the units of the graph's input
 * @param box the inputs that are meaningful, in the same units; attacked inputs stay in it
 * @param steps gradients per batch, at least 1
 * @param stepSize the size of a step in the norm of the ball, positive and finite
 * @param loss what is climbed
 * @param start where it starts
 * @param seed the seed of the starts
 */
public record InnerAttack(
        ThreatModel threat, InputBox box, int steps, double stepSize, InnerLoss loss, InnerStart start, long seed) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range, or a divergence is to start at the input, where its gradient is
     *     zero
     */
    public InnerAttack {
        require(steps >= 1, "steps must be at least 1, got " + steps);
        require(
                stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                "stepSize must be positive and finite, got " + stepSize);
        require(
                start != InnerStart.INPUT || !loss.comparesWithClean(),
                "the gradient of " + loss + " is zero at the input itself, so an attack that starts there stays there;"
                        + " start at UNIFORM or GAUSSIAN, or climb CROSS_ENTROPY");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("inner attack: " + message);
        }
    }

    /**
     * Attacks a batch: what the objectives of this package do before every step.
     *
     * @param model the classifier; its box bounds the points, so this attack's own must be the same or unbounded
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param labels one-hot rows or other distributions {@code [N, C]}, or class indices {@code [N]}; not modified. A loss that compares
     *     with the clean input does without
     * @param iteration which draws to make: the same number gives the same points
     * @return where the attack has ended, {@code [N, *inputShape]} in the model's type, a fresh array
     * @throws IllegalArgumentException if boxes differ, or labels are none
     * @throws ArithmeticException if logits or gradients are not finite
     */
    public INDArray attack(Classifier model, INDArray x, INDArray labels, long iteration) {
        require(
                box.equals(InputBox.unbounded()) || box.equals(model.box()),
                "it is bounded by " + box + ", but the classifier by " + model.box()
                        + ": give the bounds to the classifier alone");
        INDArray targets = QuietOps.call(() -> Fed.targets(labels, (int) x.size(0), model.classes(), model.dataType()));
        return new InnerSearch(this, model).run(x, targets, iteration, false).points();
    }

    /**
     * Starts an attack in a Linf ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with default settings
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts an attack in an L2 ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with default settings
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts an attack in a ball.
     *
     * @param ball norm and radius
     * @return a builder with default settings
     */
    public static Builder in(NormBall ball) {
        return new Builder(ball);
    }

    /** Collects the settings of an {@link InnerAttack}. */
    public static final class Builder {

        private ThreatModel threat;
        private InputBox box = InputBox.unbounded();
        private int steps = 10;
        private OptionalDouble stepSize = OptionalDouble.empty();
        private InnerLoss loss = InnerLoss.CROSS_ENTROPY;
        private InnerStart start = InnerStart.UNIFORM;
        private long seed;

        private Builder(NormBall ball) {
            this.threat = ThreatModel.of(ball);
        }

        /**
         * Bounds every coordinate of an attacked input.
         *
         * @param lower the least value; {@code -infinity} unless set
         * @param upper the greatest value; {@code +infinity} unless set. Pixels scaled to [0, 1] want {@code bounds(0, 1)}
         * @return this builder
         * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
         */
        public Builder bounds(double lower, double upper) {
            this.box = new InputBox(lower, upper);
            return this;
        }

        /**
         * Limits single features.
         *
         * @param value ranges and frozen features; none unless set
         * @return this builder
         */
        public Builder limits(FeatureLimits value) {
            this.threat = threat.withLimits(value);
            return this;
        }

        /**
         * Sets the number of steps.
         *
         * @param value at least 1; 10 unless set, as in TRADES, MART, HAT and ARoW on CIFAR-10
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets the size of a step in the norm of the ball.
         *
         * @param value positive and finite; {@code epsilon / 4} unless set, as in the codes of ARoW and HAT
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = OptionalDouble.of(value);
            return this;
        }

        /**
         * Sets what is climbed.
         *
         * @param value {@link InnerLoss#CROSS_ENTROPY} unless set; every objective sets its own
         * @return this builder
         */
        public Builder loss(InnerLoss value) {
            this.loss = value;
            return this;
        }

        /**
         * Sets where the attack starts.
         *
         * @param value {@link InnerStart#UNIFORM} unless set; every objective sets its own
         * @return this builder
         */
        public Builder start(InnerStart value) {
            this.start = value;
            return this;
        }

        /**
         * Sets the seed of the starts.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the settings
         * @throws IllegalArgumentException if one is out of range
         */
        public InnerAttack build() {
            return new InnerAttack(threat, box, steps, stepSize.orElse(threat.epsilon() / 4), loss, start, seed);
        }
    }
}
