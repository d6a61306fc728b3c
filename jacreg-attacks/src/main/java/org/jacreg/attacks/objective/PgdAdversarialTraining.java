package org.jacreg.attacks.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Adversarial training: the loss at the attacked input in the place of the loss at the input.
 *
 * <pre>{@code mean_n [ (1 - clean) CE(f(x'_n), y_n) + clean CE(f(x_n), y_n) ] }</pre>
 *
 * with {@code x'} from projected ascent on the cross-entropy with a uniform start, its last point. Labels may be distributions.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Madry et al., "Towards deep learning models resistant to adversarial attacks", ICLR 2018, arXiv 1706.06083. Published
 * for MNIST: Linf, epsilon 0.3, 40 steps of 0.01; for CIFAR-10 epsilon 8/255, steps of 2/255.
 */
public final class PgdAdversarialTraining implements Objective {

    private final Options options;

    private PgdAdversarialTraining(Options options) {
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
        List<LossTerm> terms = new ArrayList<>();
        if (options.clean() > 0) {
            terms.add(new LossTerm.Clean(options.clean(), 0));
        }
        terms.add(new LossTerm.Attacked(1 - options.clean()));
        RobustLoss loss = RobustLoss.of("PGD-AT", options.attack(), options.names(), false, terms);
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
        return RobustLoss.describe("PgdAdversarialTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param clean the share of the loss at the input
     * @param gair weights of samples under attack
     */
    public record Options(InnerAttack attack, ModelNames names, double clean, Optional<GairWeights> gair) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            if (!(clean >= 0 && clean <= 1)) {
                throw new IllegalArgumentException("PGD-AT: clean must be in [0, 1], got " + clean);
            }
        }
    }

    /** Collects the options of a {@link PgdAdversarialTraining}. */
    public static final class Builder extends ObjectiveBuilder<Builder> {

        private double clean = 0;
        private Optional<GairWeights> gair = Optional.empty();

        private Builder(NormBall ball) {
            super(InnerAttack.in(ball));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the share of the loss at the input.
         *
         * @param value in [0, 1]; 0 unless set, as published; 0.5 is the mix of Goodfellow et al., arXiv 1412.6572
         * @return this builder
         */
        public Builder clean(double value) {
            this.clean = value;
            return this;
        }

        /**
         * Weighs samples in the loss at the attacked input by how soon they fall. Labels have to be classes then.
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
        public PgdAdversarialTraining build() {
            return new PgdAdversarialTraining(new Options(inner(), names(), clean, gair));
        }
    }
}
