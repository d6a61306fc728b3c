package org.jacreg.bounds.certify.training;

import java.util.List;
import org.jacreg.training.LossReplacement.NamedTerm;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * GloRo training: an extra logit for "not locally robust", that of the class which a point at l2 distance epsilon could come closest to.
 *
 * <pre>{@code
 * y_bot = max_{i != j} ( z_i + epsilon K_ij ),   j = argmax z,   K_ij = L ||w_i - w_j||_2
 * mean_n [ CE(z, y) + lambda ln( sum_{i <= C} exp z_i + exp y_bot ) - lambda ln sum_{i <= C} exp z_i ]
 * }</pre>
 *
 * <p>With lambda 1, unless set, this is the cross-entropy over the C + 1 logits. With any lambda it is the published form after TRADES, {@code
 * CE(z, y) + lambda KL( (softmax(z), 0) || softmax(z, y_bot) )}: the divergence is the difference of the two logarithms.
 *
 * <p>{@code L} is the product of the layers' operator norms (of convolutions those of the maps themselves) and of the Lipschitz constants
 * of what stands between them; {@code w_i} are the columns of the last layer. Norms in the loss are <em>estimates</em> by power iteration,
 * from below, with directions that are carried from step to step: they train, they do not certify. To certify, use {@link
 * org.jacreg.bounds.certify.lipschitz.LipschitzCertifier} afterwards, which bounds them from above.
 *
 * <p>Networks are sequential: dense layers and convolutions of one or two dimensions, biases, activations and poolings with a known
 * constant, reshapes, arithmetic with constants, a dense layer last. Everything else is refused by {@link UntrainableGraphException},
 * residual connections among it. At most 100 classes; labels are classes. Loss variables that depend on the labels are replaced while the
 * graph trains. Directions are part of the trainer's checkpoints: a resumed run is the uninterrupted one.
 *
 * <p>Source: Leino, Wang, Fredrikson, "Globally-robust neural networks", ICML 2021, arXiv 2102.08452.
 */
public final class GloroTraining implements Objective {

    /** Takes the predicted class out of the maximum; far above any logit of a network that trains. */
    private static final double OUT = 1e9;

    private final Options options;

    private GloroTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective.
     *
     * @param epsilon the radius in l2, in the units of the graph's input
     * @return a builder: lambda 1, no ramp
     * @throws IllegalArgumentException if {@code epsilon} is negative, NaN or infinite
     */
    public static Builder l2(double epsilon) {
        return new Builder(Checks.nonNegative("GloRo", "epsilon", epsilon));
    }

    @Override
    public Session start(SameDiff graph) {
        return LipschitzSession.start(graph, options.settings("GloRo"), this::terms);
    }

    private List<NamedTerm> terms(SDVariable logits, SDVariable constants, SDVariable epsilon, ClassPairs pairs) {
        SameDiff sd = logits.getSameDiff();
        SDVariable leader = sd.oneHot(sd.argmax(logits, 1), pairs.classes(), 1, 1, 0, logits.dataType());
        SDVariable raised = logits.add(leader.mmul(constants).mul(epsilon)).sub(leader.mul(OUT));
        SDVariable bottom = sd.identity("bottom_logit", sd.max(raised, true, 1));
        // ln(1 + exp(y_bot - ln sum exp z)), with ln sum exp z = z_j - ln softmax(z)_j
        SDVariable excess = bottom.sub(leader.mul(logits).sum(true, 1))
                .add(leader.mul(sd.nn().logSoftmax(logits)).sum(true, 1));
        // ND4J's softplus overflows for large numbers
        SDVariable positive = sd.nn().relu(excess, 0);
        SDVariable divergence =
                positive.add(sd.nn().softplus(sd.math().abs(excess).neg()));
        return List.of(
                new NamedTerm("clean", pairs.crossEntropy(logits)),
                new NamedTerm("bottom", divergence.mean().mul(options.lambda())));
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
        return Checks.describe("GloroTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param epsilon the radius in l2
     * @param lambda the weight of the divergence
     * @param ramp when the radius is reached
     * @param iterations of power iteration, each step
     * @param seed of the first directions
     * @param names of the graph's variables
     */
    public record Options(double epsilon, double lambda, Ramp ramp, int iterations, long seed, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Checks.nonNegative("GloRo", "lambda", lambda);
            new LipschitzSession.Settings("GloRo", epsilon, ramp, iterations, seed, names);
        }

        LipschitzSession.Settings settings(String who) {
            return new LipschitzSession.Settings(who, epsilon, ramp, iterations, seed, names);
        }
    }

    /** Collects the options of a {@link GloroTraining}. */
    public static final class Builder extends LipschitzBuilder<Builder> {

        private double lambda = 1;

        private Builder(double epsilon) {
            super(epsilon);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of the divergence.
         *
         * @param value at least 0 and finite; 1 unless set, which is the cross-entropy over all logits
         * @return this builder
         */
        public Builder lambda(double value) {
            this.lambda = value;
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public GloroTraining build() {
            return new GloroTraining(new Options(epsilon(), lambda, ramp(), iterations(), seed(), names()));
        }
    }
}
