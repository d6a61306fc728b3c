package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Fast adversarial training, FGSM-RS: adversarial training with a single step from a random start.
 *
 * <pre>{@code mean_n CE(f(x'_n), y_n),   x' = P(x_0 + 1.25 epsilon sign(gradient of CE at x_0)),   x_0 uniform in the ball }</pre>
 *
 * It costs little more than twice a plain step, and is prone to catastrophic overfitting: within an epoch the accuracy under
 * attacks of several steps may fall to zero while that under a single step rises to that of plain training, more likely for large
 * epsilon, large steps and long training. Watch the accuracy under PGD on validation data ({@link PgdAdversarialTraining} of few
 * steps is the cure), and stop early. Labels may be distributions.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Wong, Rice and Kolter, "Fast is better than free: revisiting adversarial training", ICLR 2020, arXiv 2001.03994.
 * Published with Linf and step 1.25 epsilon: MNIST epsilon 0.3, CIFAR-10 epsilon 8/255.
 */
public final class FastAdversarialTraining implements Objective {

    private final Options options;

    private FastAdversarialTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective for attacks in a Linf ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with the published options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts an objective for attacks in an L2 ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @return a builder with the published options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts an objective for attacks in a ball.
     *
     * @param ball norm and radius
     * @return a builder with the published options
     */
    public static Builder in(NormBall ball) {
        return new Builder(ball);
    }

    @Override
    public Session start(SameDiff graph) {
        return RobustLoss.of("FGSM-RS", options.attack(), options.names(), false, List.of(new LossTerm.Attacked(1)))
                .start(graph);
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
        return RobustLoss.describe("FastAdversarialTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     *
     */
    public record Options(InnerAttack attack, ModelNames names) {}

    /** Collects the options of a {@link FastAdversarialTraining}. */
    public static final class Builder extends ObjectiveBuilder<Builder> {

        private Builder(NormBall ball) {
            super(InnerAttack.in(ball).steps(1).stepSize(1.25 * ball.epsilon()));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public FastAdversarialTraining build() {
            return new FastAdversarialTraining(new Options(inner(), names()));
        }
    }
}
