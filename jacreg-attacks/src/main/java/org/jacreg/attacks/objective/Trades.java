package org.jacreg.attacks.objective;

import java.util.List;
import java.util.Optional;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * TRADES: accuracy at the input, and answers that do not change under attack.
 *
 * <pre>{@code mean_n [ CE(f(x_n), y_n) + beta KL( p(x_n) || p(x'_n) ) ] }</pre>
 *
 * with {@code p = softmax(f)} and {@code x'} from projected ascent on the same divergence, started at {@code x + 0.001 N(0, I)}.
 * Gradients run through both sides of the divergence. Labels may be distributions.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Zhang et al., "Theoretically principled trade-off between robustness and accuracy", ICML 2019, arXiv 1901.08573.
 * Published with Linf: CIFAR-10 epsilon 0.031, 10 steps of 0.007, beta 6; MNIST epsilon 0.3, 40 steps of 0.01, beta 1. Under L2
 * the published step is {@code 2 epsilon / steps}, and perturbations are clipped and scaled where here they are projected.
 */
public final class Trades implements Objective {

    private final Options options;

    private Trades(Options options) {
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
        RobustLoss loss = RobustLoss.of(
                "TRADES",
                options.attack(),
                options.names(),
                false,
                List.of(new LossTerm.Clean(1, 0), new LossTerm.Divergence(options.beta(), DivergenceWeight.ONE)));
        return options.gair().map(loss::with).orElse(loss).start(graph);
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
        return RobustLoss.describe("Trades", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param beta the weight of the divergence
     * @param gair weights of samples in the divergence
     */
    public record Options(InnerAttack attack, ModelNames names, double beta, Optional<GairWeights> gair) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("TRADES", "beta", beta);
        }
    }

    /** Collects the options of a {@link Trades}. */
    public static final class Builder extends ObjectiveBuilder<Builder> {

        private double beta = 6;
        private Optional<GairWeights> gair = Optional.empty();

        private Builder(NormBall ball) {
            super(InnerAttack.in(ball).loss(InnerLoss.KL).start(InnerStart.GAUSSIAN));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of the divergence, {@code 1 / lambda} of the paper.
         *
         * @param value at least 0 and finite; 6 unless set, as published for CIFAR-10
         * @return this builder
         */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /**
         * Weighs samples in the divergence by how soon they fall. Labels have to be classes then.
         *
         * @param value the weights; every sample counts 1 unless set
         * @return this builder
         */
        public Builder gair(GairWeights value) {
            this.gair = Optional.of(value);
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public Trades build() {
            return new Trades(new Options(inner(), names(), beta, gair));
        }
    }
}
