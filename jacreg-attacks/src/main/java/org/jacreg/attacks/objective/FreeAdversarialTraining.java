package org.jacreg.attacks.objective;

import java.util.Optional;
import java.util.OptionalDouble;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Free adversarial training: every batch is replayed some times, and the sweep that gives the gradients of the weights gives the
 * gradient by the input as well, which moves the perturbation for the next replay.
 *
 * <pre>{@code
 * for every batch x, m times:
 *     x' = P(x + d)                                   d: of the step before, 0 at the start of an epoch
 *     gradients of the loss at x', by weights and by input, in one sweep
 *     w  <- update(w, gradient by w)
 *     d  <- P(x' + stepSize * v(gradient by x')) - x
 * }</pre>
 *
 * with {@code v(g) = sign(g)} for Linf, {@code g / ||g||_2} for L2, the sign of the greatest entry for L1, and {@code P} the
 * projection onto ball and box around {@code x}. A step costs what a step of plain training costs; with {@code m} replays, an
 * {@code m}-th of the epochs makes as many steps.
 *
 * <p>The perturbation is carried over from batch to batch, to the sample in the same place, and starts at zero with every epoch
 * (in the paper, with training alone): so a training that is resumed goes on as if it had not been interrupted, to the bit. The
 * loss is the graph's own, penalties included, and so is the gradient that the perturbation follows. Validation is on inputs moved
 * by one such step from {@code d = 0}.
 *
 * <p>Source: Shafahi et al., "Adversarial training for free!", NeurIPS 2019, arXiv 1904.12843. Differs from it in projecting the
 * perturbation onto ball and box, rather than onto the ball alone: what the box cuts off is not remembered.
 */
public final class FreeAdversarialTraining implements Objective {

    private final Options options;

    private FreeAdversarialTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts free training against a Linf ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts free training against an L2 ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts free training against a ball.
     *
     * @param ball norm and radius, in the units of the graph's input
     * @return a builder with default options
     */
    public static Builder in(NormBall ball) {
        return new Builder(ball);
    }

    @Override
    public Session start(SameDiff graph) {
        return new FreeSession(options, graph, Fed.input(graph, options.input(), "free adversarial training"));
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
        return RobustLoss.describe("FreeAdversarialTraining", options);
    }

    /**
     * What is done with every batch.
     *
     * @param threat ball and limits on single features, in the units of the graph's input
     * @param box the inputs that are meaningful, in the same units
     * @param replays {@code m}, how many steps a batch is good for, at least 1
     * @param stepSize how far a step moves the perturbation, in the norm of the ball; positive and finite
     * @param input the placeholder that is perturbed; read off the graph if it is not named
     */
    public record Options(ThreatModel threat, InputBox box, int replays, double stepSize, Optional<String> input) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            if (replays < 1) {
                throw new IllegalArgumentException(
                        "free adversarial training: replays must be at least 1, got " + replays);
            }
            Fed.requirePositive("free adversarial training", "stepSize", stepSize);
        }
    }

    /** Collects the options of a {@link FreeAdversarialTraining}. */
    public static final class Builder {

        private ThreatModel threat;
        private InputBox box = InputBox.unbounded();
        private int replays = 8;
        private OptionalDouble stepSize = OptionalDouble.empty();
        private Optional<String> input = Optional.empty();

        private Builder(NormBall ball) {
            this.threat = ThreatModel.of(ball);
        }

        /**
         * Bounds every coordinate of a perturbed input.
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
         * Limits what may be done to single features, for tabular data.
         *
         * @param value ranges and frozen features; none unless set
         * @return this builder
         */
        public Builder limits(FeatureLimits value) {
            this.threat = threat.withLimits(value);
            return this;
        }

        /**
         * Sets how many steps a batch is good for.
         *
         * @param value at least 1; 8 unless set, which Shafahi et al. recommend for CIFAR-10
         * @return this builder
         */
        public Builder replays(int value) {
            this.replays = value;
            return this;
        }

        /**
         * Sets how far a step moves the perturbation.
         *
         * @param value positive and finite; epsilon unless set, as in the paper
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = OptionalDouble.of(value);
            return this;
        }

        /**
         * Names the input.
         *
         * @param name a floating-point placeholder; read off the graph unless set
         * @return this builder
         */
        public Builder input(String name) {
            this.input = Optional.of(name);
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public FreeAdversarialTraining build() {
            return new FreeAdversarialTraining(
                    new Options(threat, box, replays, stepSize.orElse(threat.epsilon()), input));
        }
    }
}
