package org.jacreg.attacks.objective;

import org.jacreg.graph.GraphModel;
import org.jacreg.training.ModelNames;
import org.jacreg.training.ModelNamesBuilder;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Input gradient regularization by finite differences: beside the graph's loss it minimises the squared slope of every sample's
 * cross-entropy {@code l_n} in the direction of steepest ascent.
 *
 * <pre>{@code lambda / 2 * mean_n d_n^2,   d_n = (l_n(x_n + h v_n) - l_n(x_n)) / h }</pre>
 *
 * or centrally, {@code d_n = (l_n(x_n + h v_n) - l_n(x_n - h v_n)) / (2 h)}. With {@code g} the gradient of {@code l_n} at {@code
 * x_n} and {@code D} its number of entries, {@code v = g / ||g||_2} penalises {@code ||g||_2} (l2 attacks), {@code v = sign(g) /
 * sqrt(D)} penalises {@code ||g||_1 / sqrt(D)} (Linf attacks), and the sign of the greatest entry penalises {@code ||g||_inf} (l1
 * attacks). The directions are held fixed, so that gradients by the weights are of first order: the network may consist of ops
 * without derivative rules. Labels may be distributions.
 *
 * <p>Losses and penalties of the graph stay as they are; the term is a loss variable of its own in the history. The same penalty
 * without finite differences, {@code lambda mean_n ||g||_2^2} and its relatives, is {@link
 * org.jacreg.regularizer.JacobianRegularizer#inputGradient}; of bounds for a given attack, see {@link
 * org.jacreg.regularizer.SurrogateLoss}. Both are attached to the graph and stay in the loss of every objective.
 *
 * <p>Source: Finlay and Oberman, "Scaleable input gradient regularization for adversarial robustness", 2019, arXiv 1905.11468, and its
 * code for constants.
 */
public final class InputGradientRegularization implements Objective {

    private final Options options;

    private InputGradientRegularization(Options options) {
        this.options = options;
    }

    /** What of the gradient is penalised. */
    public enum Penalised {
        /** {@code ||g||_2}. */
        L2(Direction.GRADIENT),
        /** {@code ||g||_1 / sqrt(D)}. */
        L1(Direction.SIGN),
        /** {@code ||g||_inf}. */
        LINF(Direction.GREATEST_ENTRY);

        private final Direction direction;

        Penalised(Direction direction) {
            this.direction = direction;
        }
    }

    /**
     * Starts an objective that penalises the Euclidean norm, against l2 attacks.
     *
     * @param lambda the weight, at least 0 and finite; 0.1 in the authors' example
     * @return a builder with default options
     */
    public static Builder l2(double lambda) {
        return new Builder(Penalised.L2, lambda);
    }

    /**
     * Starts an objective that penalises the sum of absolute entries over {@code sqrt(D)}, against Linf attacks.
     *
     * @param lambda the weight, at least 0 and finite
     * @return a builder with default options
     */
    public static Builder l1(double lambda) {
        return new Builder(Penalised.L1, lambda);
    }

    /**
     * Starts an objective that penalises the largest absolute entry, against l1 attacks.
     *
     * @param lambda the weight, at least 0 and finite
     * @return a builder with default options
     */
    public static Builder linf(double lambda) {
        return new Builder(Penalised.LINF, lambda);
    }

    @Override
    public Session start(SameDiff graph) {
        return AlongGradient.start(
                graph,
                new AlongGradient.Settings(
                        "input gradient regularization",
                        options.names(),
                        options.penalised().direction,
                        options.h(),
                        options.central(),
                        this::term));
    }

    private LossTerm term(GraphModel model) {
        double width = options.central() ? 2 * options.h() : options.h();
        return new Slope(options.lambda() / (2 * width * width), options.central());
    }

    /** The squared difference of losses. */
    private record Slope(double factor, boolean central) implements LossTerm {

        @Override
        public String name() {
            return "input_gradient";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SDVariable from = central ? branches.helper() : branches.clean();
            SDVariable rise =
                    branches.targets().mul(branches.attacked().sub(from)).sum(true, 1);
            return rise.mul(rise).mean().mul(factor);
        }
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
        return RobustLoss.describe("InputGradientRegularization", options);
    }

    /**
     * What the objective does.
     *
     * @param penalised the norm
     * @param lambda the weight, at least 0 and finite
     * @param h the length of a difference, positive and finite
     * @param central whether differences are taken to both sides
     * @param names of the graph's variables
     */
    public record Options(Penalised penalised, double lambda, double h, boolean central, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("input gradient regularization", "lambda", lambda);
            Fed.requirePositive("input gradient regularization", "h", h);
        }
    }

    /** Collects the options of an {@link InputGradientRegularization}. */
    public static final class Builder extends ModelNamesBuilder<Builder> {

        private final Penalised penalised;
        private final double lambda;
        private double h = 0.01;
        private boolean central;

        private Builder(Penalised penalised, double lambda) {
            this.penalised = penalised;
            this.lambda = lambda;
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the length of a difference.
         *
         * @param value in the units of the graph's input, positive and finite; 0.01 unless set, as in the authors' code
         * @return this builder
         */
        public Builder h(double value) {
            this.h = value;
            return this;
        }

        /**
         * Sets whether differences are taken to both sides: of second order in h, for a third evaluation of the network.
         *
         * @param value false unless set
         * @return this builder
         */
        public Builder central(boolean value) {
            this.central = value;
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public InputGradientRegularization build() {
            return new InputGradientRegularization(new Options(penalised, lambda, h, central, names()));
        }
    }
}
