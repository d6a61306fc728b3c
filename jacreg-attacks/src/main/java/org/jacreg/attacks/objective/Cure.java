package org.jacreg.attacks.objective;

import java.util.Arrays;
import org.jacreg.gradient.Gradients;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.training.ModelNames;
import org.jacreg.training.ModelNamesBuilder;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * CURE: curvature regularization. Beside the graph's loss it minimises how much the gradient of a sample's cross-entropy by the input
 * changes along the direction of an attack:
 *
 * <pre>{@code
 * g_n(x) = gradient of CE(f(x), y_n) by x,   z_n = sign(g_n(x_n)) / ||sign(g_n(x_n))||_2
 *
 * squared:    gamma / h^2 * mean_n || g_n(x_n + h z_n) - g_n(x_n) ||_2^2      (the paper)
 * unsquared:  lambda      * mean_n || g_n(x_n + h z_n) - g_n(x_n) ||_2        (a public re-implementation)
 * }</pre>
 *
 * <p>The moved points are held fixed; the gradients by the weights run through both input gradients, to second order. The network has
 * to consist of ops with derivative rules ({@link Gradients}); activations without curvature of their own, such as ReLU, count by
 * their kinks between the two points only. Points may leave the range of the data. Labels may be distributions.
 *
 * <p>Losses and penalties of the graph stay as they are; the term is a loss variable of its own in the history. The paper
 * fine-tunes a trained network.
 *
 * <p>Source: Moosavi-Dezfooli et al., "Robustness via curvature regularization, and vice versa", CVPR 2019, arXiv 1811.09716. The
 * re-implementation that others compare with takes lambda 4 and h 3 for CIFAR-10.
 */
public final class Cure implements Objective {

    private final Options options;

    private Cure(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective in the paper's form.
     *
     * @param gamma the weight, at least 0 and finite
     * @param h how far points are moved, in the units of the graph's input; positive and finite
     * @return a builder
     */
    public static Builder squared(double gamma, double h) {
        return new Builder(gamma, h, true);
    }

    /**
     * Starts an objective in the re-implementation's form.
     *
     * @param lambda the weight, at least 0 and finite; 4 there
     * @param h how far points are moved, in the units of the graph's input, positive and finite; 3 there
     * @return a builder
     */
    public static Builder unsquared(double lambda, double h) {
        return new Builder(lambda, h, false);
    }

    @Override
    public Session start(SameDiff graph) {
        return AlongGradient.start(
                graph,
                new AlongGradient.Settings(
                        "CURE", options.names(), Direction.UNIT_SIGN, options.h(), false, this::term));
    }

    private LossTerm term(GraphModel model) {
        long features = Arrays.stream(GraphProbe.run(model, null).sampleShape(model.input()))
                .reduce(1, Math::multiplyExact);
        double factor = options.squared() ? options.weight() / (options.h() * options.h()) : options.weight();
        return new Curvature(model, features, factor, options.squared());
    }

    /** The change of the input gradient between the input and the point moved. */
    private record Curvature(GraphModel model, long features, double factor, boolean squared) implements LossTerm {

        @Override
        public String name() {
            return "curvature";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SameDiff sd = model.sameDiff();
            // Of every sample's own loss, -sum_c t_c ln p_c: samples do not mix.
            SDVariable seed = branches.targets().neg();
            SDVariable here = gradient(branches.clean(), model.input(), seed);
            SDVariable there = gradient(branches.attacked(), Branches.ATTACKED, seed);
            SDVariable change = sd.reshape(there.sub(here), -1, features);
            SDVariable squares = change.mul(change);
            if (squared) {
                return squares.mean().mul(features * factor);
            }
            return root(features == 1 ? squares : squares.sum(true, 1)).mean().mul(factor);
        }

        private static SDVariable gradient(SDVariable logProbability, String input, SDVariable seed) {
            SameDiff sd = logProbability.getSameDiff();
            return Gradients.vectorJacobianProduct(logProbability, sd.getVariable(input), seed);
        }

        /** With derivative 0 at 0. */
        private static SDVariable root(SDVariable squares) {
            SameDiff sd = squares.getSameDiff();
            double tiny = squares.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
            // NaN is not below anything, and stays.
            SDVariable zero = sd.lte(squares, tiny).castTo(squares.dataType());
            return sd.math().sqrt(squares.add(zero)).mul(zero.rsub(1));
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
        return RobustLoss.describe("Cure", options);
    }

    /**
     * What the objective does.
     *
     * @param weight gamma or lambda, at least 0 and finite
     * @param h how far points are moved, positive and finite
     * @param squared whether the paper's form is taken
     * @param names of the graph's variables
     */
    public record Options(double weight, double h, boolean squared, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            RobustLoss.requireFactor("CURE", squared ? "gamma" : "lambda", weight);
            Fed.requirePositive("CURE", "h", h);
        }
    }

    /** Collects the options of a {@link Cure}. */
    public static final class Builder extends ModelNamesBuilder<Builder> {

        private final double weight;
        private final double h;
        private final boolean squared;

        private Builder(double weight, double h, boolean squared) {
            this.weight = weight;
            this.h = h;
            this.squared = squared;
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
        public Cure build() {
            return new Cure(new Options(weight, h, squared, names()));
        }
    }
}
