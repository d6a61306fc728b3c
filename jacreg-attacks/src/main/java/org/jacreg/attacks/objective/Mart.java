package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * MART: misclassified samples count more.
 *
 * <pre>{@code mean_n [ BCE(p(x'_n), y_n) + beta KL( p(x_n) || p(x'_n) ) (1.0000001 - p_y(x_n)) ]
 * BCE(p', y) = -ln p'_y - ln(1.0001 - max_{c != y} p'_c) }</pre>
 *
 * with {@code p = softmax(f)} and {@code x'} from projected ascent on the cross-entropy, started at {@code x + 0.001 N(0, I)}. The
 * constants are those of the published code. Gradients run through both sides of the divergence and through its weight. Labels
 * have to be classes.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Wang et al., "Improving adversarial robustness requires revisiting misclassified examples", ICLR 2020. Published
 * for CIFAR-10: epsilon 0.031, 10 steps of 0.007, beta 5 (ResNet-18) or 6.
 */
public final class Mart implements Objective {

    private final Options options;

    private Mart(Options options) {
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
        return RobustLoss.of(
                        "MART",
                        options.attack(),
                        options.names(),
                        true,
                        List.of(
                                new LossTerm.Boosted(),
                                new LossTerm.Divergence(options.beta(), DivergenceWeight.CLEAN_DOUBT)))
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
        return RobustLoss.describe("Mart", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param beta the weight of the divergence
     */
    public record Options(InnerAttack attack, ModelNames names, double beta) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("MART", "beta", beta);
        }
    }

    /** Collects the options of a {@link Mart}. */
    public static final class Builder extends ObjectiveBuilder<Builder> {

        private double beta = 5;

        private Builder(NormBall ball) {
            super(InnerAttack.in(ball).start(InnerStart.GAUSSIAN));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of the divergence.
         *
         * @param value at least 0 and finite; 5 unless set, as published for ResNet-18
         * @return this builder
         */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public Mart build() {
            return new Mart(new Options(inner(), names(), beta));
        }
    }
}
