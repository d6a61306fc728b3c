package org.jacreg.attacks.objective;

import java.util.Arrays;
import java.util.List;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.GradientStep;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adversarial weight perturbation around another objective: its gradients are taken where its loss is worst nearby, in the weights.
 *
 * <pre>{@code
 * g  = gradient of the loss at the weights w, for the batch as the objective has prepared it
 * w' = w + gamma * ||w_l|| / ||g_l|| * g_l          layer by layer
 * w  <- update(w, gradient at w')
 * }</pre>
 *
 * <p>The norms are Euclidean, one for each weight array. Which arrays are moved: unless named, those with at least two axes longer
 * than 1, so that biases and scales stay, as in the authors' code; the weights of a layer with a single input or output have to be
 * named. An array that is zero, or has a zero gradient, stays where it is. The loss is all that the graph minimises,
 * attacked terms and Jacobian penalties alike, but not the regularization of the training configuration, which is taken at {@code w}.
 * The weights are put back bit for bit. A step costs one forward and backward sweep more; the inner attack is made once.
 *
 * <p>{@code over(Trades...)} is TRADES-AWP, {@code over(Arow...)} ARoW-AWP, {@code over(PgdAdversarialTraining...)} AT-AWP. Source: Wu,
 * Xia, Wang, "Adversarial weight perturbation helps robust generalization", NeurIPS 2020, arXiv 2004.05884; one ascent step, as
 * there.
 */
public final class AdversarialWeightPerturbation implements Objective {

    private final Options options;

    private AdversarialWeightPerturbation(Options options) {
        this.options = options;
    }

    /**
     * Starts to wrap an objective.
     *
     * @param objective whose loss is minimised; {@link Objective#lossVariables()} for the graph's own on the data as it is
     * @return a builder with default options
     */
    public static Builder over(Objective objective) {
        return new Builder(objective);
    }

    @Override
    public Session start(SameDiff graph) {
        for (String name : options.weights()) {
            if (!graph.hasVariable(name)) {
                throw new IllegalArgumentException(
                        "adversarial weight perturbation: '" + name + "' is no variable of the graph");
            }
        }
        return new Perturbing(options, options.objective().start(graph));
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
     * @return every option by name, and the objective that is wrapped
     */
    @Override
    public String toString() {
        return RobustLoss.describe("AdversarialWeightPerturbation", options);
    }

    /**
     * What is moved, and how far.
     *
     * @param objective whose loss is minimised
     * @param gamma the size of the move relative to the weights, positive and finite
     * @param fromEpoch the training configuration's count of epochs from which on weights are moved, at least 0
     * @param weights those that are moved; empty for all with two axes longer than 1
     */
    public record Options(Objective objective, double gamma, int fromEpoch, List<String> weights) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Fed.requirePositive("adversarial weight perturbation", "gamma", gamma);
            if (fromEpoch < 0) {
                throw new IllegalArgumentException(
                        "adversarial weight perturbation: fromEpoch must be at least 0, got " + fromEpoch);
            }
            weights = List.copyOf(weights);
        }
    }

    /** The wrapped objective's session, with its gradients taken at the weights moved. */
    private record Perturbing(Options options, Session inner) implements AroundSession {

        @Override
        public void beforeUpdate(GradientStep step) {
            if (step.batch().epoch() >= options.fromEpoch()) {
                List<String> moved = moved(step);
                step.recomputeAt(() -> moved.forEach(name -> QuietOps.call(() -> move(step, name))));
            }
            inner.beforeUpdate(step);
        }

        private List<String> moved(GradientStep step) {
            List<String> names = options.weights();
            if (names.isEmpty()) {
                names = step.weights().stream()
                        .filter(name -> isMatrix(step.weight(name)))
                        .toList();
            }
            if (names.isEmpty()) {
                throw new IllegalArgumentException("adversarial weight perturbation: none of the weights "
                        + step.weights() + " has two axes longer than 1; name those to move with .weights(...)");
            }
            return names;
        }

        private static boolean isMatrix(INDArray weight) {
            return Arrays.stream(weight.shape()).filter(size -> size > 1).count() >= 2;
        }

        private boolean move(GradientStep step, String name) {
            INDArray weight = step.weight(name);
            INDArray gradient = step.gradient(name);
            double length = gradient.norm2Number().doubleValue();
            if (length > 0) {
                double scale = options.gamma() * weight.norm2Number().doubleValue() / length;
                weight.addi(gradient.mul(scale));
            }
            return length > 0;
        }
    }

    /** Collects the options of an {@link AdversarialWeightPerturbation}. */
    public static final class Builder {

        private final Objective objective;
        private double gamma = 0.005;
        private int fromEpoch;
        private List<String> weights = List.of();

        private Builder(Objective objective) {
            this.objective = objective;
        }

        /**
         * Sets the size of the move.
         *
         * @param value relative to the norm of each weight array, positive and finite; 0.005 unless set, which ARoW-AWP takes
         * @return this builder
         */
        public Builder gamma(double value) {
            this.gamma = value;
            return this;
        }

        /**
         * Leaves the weights alone at first.
         *
         * @param epoch the training configuration's count of epochs from which on weights are moved; 0 unless set
         * @return this builder
         */
        public Builder fromEpoch(int epoch) {
            this.fromEpoch = epoch;
            return this;
        }

        /**
         * Names the weights that are moved.
         *
         * @param names trained weights of the graph; unless set, all with at least two axes longer than 1
         * @return this builder
         */
        public Builder weights(String... names) {
            this.weights = List.of(names);
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public AdversarialWeightPerturbation build() {
            return new AdversarialWeightPerturbation(new Options(objective, gamma, fromEpoch, weights));
        }
    }
}
