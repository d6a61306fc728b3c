package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * ARoW, anti-robust weighted regularization: samples that fall under attack count more.
 *
 * <pre>{@code mean_n [ LS(f(x_n), y_n) + 2 lambda KL( p(x_n) || p(x'_n) ) (1 - p_y(x'_n)) ] }</pre>
 *
 * with {@code p = softmax(f)}, {@code LS} the cross-entropy with labels {@code (1 - alpha) e_y + alpha / C}, and {@code x'} from
 * projected ascent on the divergence with a uniform start. Gradients run through both sides of the divergence and through its
 * weight. With {@code labelSmoothing(0)} it is the variant {@code arow-ce} of the published code, else {@code arow-ls}. Labels
 * have to be classes.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Yang, Kong and Kim, "Improving adversarial robustness by putting more regularizations on less robust samples", ICML
 * 2023, arXiv 2206.03353. Published for CIFAR-10: epsilon 8/255, 10 steps of epsilon / 4, lambda 3.5, alpha 0.2. For CIFAR-100 the
 * inner attack climbs the cross-entropy: {@code attack(a -> a.loss(InnerLoss.CROSS_ENTROPY))}.
 */
public final class Arow implements Objective {

    private final Options options;

    private Arow(Options options) {
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
                        "ARoW",
                        options.attack(),
                        options.names(),
                        true,
                        List.of(
                                new LossTerm.Clean(1, options.labelSmoothing()),
                                new LossTerm.Divergence(2 * options.lambda(), DivergenceWeight.ATTACKED_DOUBT)))
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
        return RobustLoss.describe("Arow", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param lambda the weight of the divergence, which is counted twice
     * @param labelSmoothing {@code alpha}, how much of the label is spread over all classes
     */
    public record Options(InnerAttack attack, ModelNames names, double lambda, double labelSmoothing) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("ARoW", "lambda", lambda);
            RobustLoss.requireSmoothing("ARoW", labelSmoothing);
        }
    }

    /** Collects the options of an {@link Arow}. */
    public static final class Builder extends ArowBuilder<Builder> {

        private Builder(NormBall ball) {
            super(ball);
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
        public Arow build() {
            return new Arow(new Options(inner(), names(), lambda(), labelSmoothing()));
        }
    }
}
