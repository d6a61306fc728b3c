package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * HAT with ARoW's regularization in the place of TRADES': {@link Hat helper examples} and more weight on less robust samples.
 *
 * <pre>{@code mean_n [ LS(f(x_n), y_n) + 2 lambda KL( p(x_n) || p(x'_n) ) (1 - p_y(x'_n)) + gamma CE(f(x_n + h (x'_n - x_n)), y^h_n) ]
 * y^h_n = argmax of the teacher at x'_n }</pre>
 *
 * with the symbols of {@link Arow} and {@link Hat}. Labels have to be classes.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay
 * in the loss, on the clean input.
 *
 * <p>Source: Yang, Kong and Kim, "Improving adversarial robustness by putting more regularizations on less robust samples", ICML
 * 2023, arXiv 2206.03353, and its code, whose defaults are taken.
 */
public final class HatArow implements Objective {

    private final Options options;

    private HatArow(Options options) {
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
        return RobustLoss.of(
                        "HAT-ARoW",
                        options.attack(),
                        options.names(),
                        true,
                        List.of(
                                new LossTerm.Clean(1, options.labelSmoothing()),
                                new LossTerm.Divergence(2 * options.lambda(), DivergenceWeight.ATTACKED_DOUBT),
                                new LossTerm.Helper(options.gamma())))
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
        return RobustLoss.describe("HatArow", options);
    }

    /**
     * What the objective does.
     *
     * @param attack what makes the adversarial examples
     * @param names of the graph's variables
     * @param teacher a network for the same classes that was trained without attacks
     * @param lambda the weight of the divergence, which is counted twice
     * @param labelSmoothing {@code alpha}, how much of the label is spread over all classes
     * @param gamma the weight of the helper examples
     * @param distance {@code h}, where the helper examples lie
     */
    public record Options(
            InnerAttack attack,
            ModelNames names,
            Classifier teacher,
            double lambda,
            double labelSmoothing,
            double gamma,
            double distance) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("HAT-ARoW", "lambda", lambda);
            RobustLoss.requireSmoothing("HAT-ARoW", labelSmoothing);
            RobustLoss.requireFactor("HAT-ARoW", "gamma", gamma);
            RobustLoss.requireFactor("HAT-ARoW", "distance", distance);
        }

        /** All of it but the teacher, which has no name. */
        @Override
        public String toString() {
            return "Options[attack=" + attack + ", names=" + names + ", lambda=" + lambda + ", labelSmoothing="
                    + labelSmoothing + ", gamma=" + gamma + ", distance=" + distance + "]";
        }
    }

    /** Collects the options of a {@link HatArow}. */
    public static final class Builder extends ArowBuilder<Builder> {

        private final Classifier teacher;
        private double gamma = 0.25;
        private double distance = 2;

        private Builder(NormBall ball, Classifier teacher) {
            super(ball);
            this.teacher = teacher;
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of the helper examples.
         *
         * @param value at least 0 and finite; 0.25 unless set, as published
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
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public HatArow build() {
            return new HatArow(new Options(inner(), names(), teacher, lambda(), labelSmoothing(), gamma, distance));
        }
    }
}
