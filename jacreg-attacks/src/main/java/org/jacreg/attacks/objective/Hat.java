package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * HAT, helper-based adversarial training: examples beyond the ball that carry another network's label keep the margin from
 * growing for no reason.
 *
 * <pre>{@code mean_n [ CE(f(x_n), y_n) + beta KL( p(x_n) || p(x'_n) ) + gamma CE(f(x_n + h (x'_n - x_n)), y^h_n) ]
 * y^h_n = argmax of the teacher at x'_n }</pre>
 *
 * with {@code p = softmax(f)} and {@code x'} from projected ascent on the divergence, started at {@code x + 0.001 N(0, I)}. Helper
 * examples are not clipped to the box. {@link Builder#adversarialTraining} puts {@code beta CE(f(x'), y)} in the place of the
 * divergence and attacks the cross-entropy. The teacher is asked, never trained. Labels may be distributions.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Rade and Moosavi-Dezfooli, "Reducing excessive margin to achieve a better accuracy vs. robustness trade-off", ICLR
 * 2022. Published for CIFAR-10: epsilon 8/255, 10 steps of 2/255, beta 2.5, gamma 0.5, h 2.
 */
public final class Hat implements Objective {

    private final Options options;

    private Hat(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective for attacks in a Linf ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @param teacher a network for the same classes that was trained without attacks; asked at every step, not modified
     * @return a builder with the published options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon, Classifier teacher) {
        return in(NormBall.linf(epsilon), teacher);
    }

    /**
     * Starts an objective for attacks in an L2 ball.
     *
     * @param epsilon the radius, in the units of the graph's input
     * @param teacher a network for the same classes that was trained without attacks; asked at every step, not modified
     * @return a builder with the published options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon, Classifier teacher) {
        return in(NormBall.l2(epsilon), teacher);
    }

    /**
     * Starts an objective for attacks in a ball.
     *
     * @param ball norm and radius
     * @param teacher a network for the same classes that was trained without attacks; asked at every step, not modified
     * @return a builder with the published options
     */
    public static Builder in(NormBall ball, Classifier teacher) {
        return new Builder(ball, teacher);
    }

    @Override
    public Session start(SameDiff graph) {
        LossTerm underAttack = options.adversarialTraining()
                ? new LossTerm.Attacked(options.beta())
                : new LossTerm.Divergence(options.beta(), DivergenceWeight.ONE);
        return RobustLoss.of(
                        "HAT",
                        options.attack(),
                        options.names(),
                        false,
                        List.of(new LossTerm.Clean(1, 0), underAttack, new LossTerm.Helper(options.gamma())))
                .with(new HelperExamples(options.teacher(), options.distance()))
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
        return RobustLoss.describe("Hat", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param teacher a network for the same classes that was trained without attacks
     * @param beta the weight of the divergence, or of the cross-entropy under attack
     * @param gamma the weight of the helper examples
     * @param distance {@code h}, where the helper examples lie
     * @param adversarialTraining whether cross-entropy under attack takes the place of the divergence
     */
    public record Options(
            InnerAttack attack,
            ModelNames names,
            Classifier teacher,
            double beta,
            double gamma,
            double distance,
            boolean adversarialTraining) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("HAT", "beta", beta);
            RobustLoss.requireFactor("HAT", "gamma", gamma);
            RobustLoss.requireFactor("HAT", "distance", distance);
        }

        /** All of it but the teacher, which has no name. */
        @Override
        public String toString() {
            return "Options[attack=" + attack + ", names=" + names + ", beta=" + beta + ", gamma=" + gamma
                    + ", distance=" + distance + ", adversarialTraining=" + adversarialTraining + "]";
        }
    }

    /** Collects the options of a {@link Hat}. */
    public static final class Builder extends ObjectiveBuilder<Builder> {

        private final Classifier teacher;
        private double beta = 2.5;
        private double gamma = 0.5;
        private double distance = 2;
        private boolean adversarialTraining;

        private Builder(NormBall ball, Classifier teacher) {
            super(InnerAttack.in(ball).loss(InnerLoss.KL).start(InnerStart.GAUSSIAN));
            this.teacher = teacher;
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of the divergence, or of the cross-entropy under attack.
         *
         * @param value at least 0 and finite; 2.5 unless set, as published for CIFAR-10
         * @return this builder
         */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /**
         * Sets the weight of the helper examples.
         *
         * @param value at least 0 and finite; 0.5 unless set, as published for CIFAR-10
         * @return this builder
         */
        public Builder gamma(double value) {
            this.gamma = value;
            return this;
        }

        /**
         * Sets where the helper examples lie, in multiples of the perturbation: {@code h}.
         *
         * @param value at least 0 and finite; 2 unless set, as published
         * @return this builder
         */
        public Builder distance(double value) {
            this.distance = value;
            return this;
        }

        /**
         * Sets whether cross-entropy under attack takes the place of the divergence. The inner attack climbs what
         * takes part in the loss, unless its loss is set after this call.
         *
         * @param value false unless set
         * @return this builder
         */
        public Builder adversarialTraining(boolean value) {
            this.adversarialTraining = value;
            return attack(inner -> inner.loss(value ? InnerLoss.CROSS_ENTROPY : InnerLoss.KL));
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public Hat build() {
            return new Hat(new Options(inner(), names(), teacher, beta, gamma, distance, adversarialTraining));
        }
    }
}
