package org.jacreg.bounds.certify.training;

import java.util.Optional;
import org.jacreg.classifier.InputBox;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Training with interval bounds (IBP): accuracy at the sample, and a bound of the loss over a box around it.
 *
 * <pre>{@code mean_n [ kappa CE(z(x_n), y_n) + (1 - kappa) CE(-m_n, y_n) ] }</pre>
 *
 * with {@code m_nj <= z_y - z_j} over {@code [max(x - epsilon, lower), min(x + epsilon, upper)]}, by intervals from op to op: {@code c' = W
 * c + b, r' = |W| r} through linear ops, both ends through monotone ones, and the differences of the last layer's columns in its place if
 * a dense layer comes last. {@code CE(-m, y) = ln sum_j exp(-m_j)} is at least the cross-entropy of any point of the box. The radius
 * grows from 0 and kappa goes from 1 to 1/2 while the ramp lasts; before, the loss is plain cross-entropy if kappa is 1 or epsilon 0.
 * Validation data is measured with the last values.
 *
 * <p>Bounds are emitted as ops of the graph, in its own floating point and without outward rounding: they train. To certify, use {@link
 * org.jacreg.bounds.certify.Certifier} afterwards. Its interval margins are those of the loss, or larger: it takes all linear ops behind
 * the last other one together, where here only a dense layer that comes last is taken with the differences.
 *
 * <p>Ops: matrix products, dense layers, one- and two-dimensional convolutions, pooling, activations that never fall, reshapes,
 * concatenations, sums and differences of computed values (residual connections), arithmetic with parameters. Everything else is refused
 * by {@link UntrainableGraphException}, which lists it; so is batch normalisation, through which ND4J does not train (write it as
 * arithmetic). At most 100 classes; labels are classes.
 *
 * <p>Loss variables of the graph that depend on the labels are replaced while it trains; penalties and losses without labels stay.
 * A step costs about three passes through the network in the place of one.
 *
 * <p>Source: Gowal et al., "On the effectiveness of interval bound propagation for training verifiably robust models", 2018, arXiv
 * 1810.12715. Published for MNIST: warm-up 2000 steps, ramp 10 000, 60 001 in all, Adam 1e-3, batches of 200, epsilon 0.33 to certify
 * 0.3.
 */
public final class IntervalBoundTraining implements Objective {

    private final Options options;

    private IntervalBoundTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective.
     *
     * @param epsilon the radius in l_inf, in the units of the graph's input
     * @return a builder with the published options, without input box
     * @throws IllegalArgumentException if {@code epsilon} is negative, NaN or infinite
     */
    public static Builder linf(double epsilon) {
        return new Builder(Checks.nonNegative("IBP", "epsilon", epsilon));
    }

    @Override
    public Session start(SameDiff graph) {
        return BoundSession.start(
                graph,
                new BoundSession.Settings(
                        "IBP",
                        options.epsilon(),
                        options.box(),
                        options.ramp(),
                        options.kappa(),
                        Optional.empty(),
                        options.names()));
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
        return Checks.describe("IntervalBoundTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param epsilon the radius in l_inf
     * @param box the inputs that are meaningful
     * @param ramp when the radius and kappa reach their last values
     * @param kappa the weight of the cross-entropy at the sample
     * @param names of the graph's variables
     */
    public record Options(double epsilon, InputBox box, Ramp ramp, Weight kappa, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Checks.nonNegative("IBP", "epsilon", epsilon);
        }
    }

    /** Collects the options of an {@link IntervalBoundTraining}. */
    public static final class Builder extends BoxBuilder<Builder> {

        private Builder(double epsilon) {
            super(epsilon);
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
        public IntervalBoundTraining build() {
            return new IntervalBoundTraining(new Options(epsilon(), box(), ramp(), kappa(), names()));
        }
    }
}
