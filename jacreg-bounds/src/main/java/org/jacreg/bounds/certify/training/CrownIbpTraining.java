package org.jacreg.bounds.certify.training;

import java.util.Optional;
import org.jacreg.classifier.InputBox;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Training with CROWN-IBP: as {@link IntervalBoundTraining}, but with margins
 *
 * <pre>{@code m = beta m_IBP + (1 - beta) m_CROWN }</pre>
 *
 * <p>where {@code m_CROWN} comes of one backward linear relaxation from the intervals of the layers: rectifiers are held between the chord
 * above and the line of slope 1 or 0 below, whichever is closer. It is far tighter early on, and costs one backward sweep for every
 * class. Beta goes from 0 to 1 while the ramp lasts, so that training starts with CROWN-IBP and ends with IBP. Gradients run through
 * both bounds; the slope below is a constant but for its jumps.
 *
 * <p>Between input and logits are only ReLU, leaky ReLU with a slope in [0, 1], and affine ops (dense, convolution, mean pooling,
 * reshapes, concatenations, sums, arithmetic with parameters; residual connections too). Everything else is refused by {@link
 * UntrainableGraphException}, maximum pooling and smooth activations among it, and so is a graph of fixed batch size.
 *
 * <p>Source: Zhang et al., "Towards stable and efficient training of verifiably robust neural networks", ICLR 2020, arXiv 1906.06316,
 * whose beta is one less ours.
 */
public final class CrownIbpTraining implements Objective {

    private final Options options;

    private CrownIbpTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective.
     *
     * @param epsilon the radius in l_inf, in the units of the graph's input
     * @return a builder: beta from 0 to 1, kappa from 1 to 0.5, the ramp of {@link IntervalBoundTraining}, no input box
     * @throws IllegalArgumentException if {@code epsilon} is negative, NaN or infinite
     */
    public static Builder linf(double epsilon) {
        return new Builder(Checks.nonNegative("CROWN-IBP", "epsilon", epsilon));
    }

    @Override
    public Session start(SameDiff graph) {
        return BoundSession.start(
                graph,
                new BoundSession.Settings(
                        "CROWN-IBP",
                        options.epsilon(),
                        options.box(),
                        options.ramp(),
                        options.kappa(),
                        Optional.of(options.beta()),
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
        return Checks.describe("CrownIbpTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param epsilon the radius in l_inf
     * @param box the inputs that are meaningful
     * @param ramp when the radius and the weights reach their last values
     * @param kappa the weight of the cross-entropy at the sample
     * @param beta the weight of interval margins
     * @param names of the graph's variables
     */
    public record Options(double epsilon, InputBox box, Ramp ramp, Weight kappa, Weight beta, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Checks.nonNegative("CROWN-IBP", "epsilon", epsilon);
        }
    }

    /** Collects the options of a {@link CrownIbpTraining}. */
    public static final class Builder extends BoxBuilder<Builder> {

        private Weight beta = new Weight(0, 1);

        private Builder(double epsilon) {
            super(epsilon);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the weight of interval margins; relaxed ones have the rest.
         *
         * @param from before the ramp, in [0, 1]; 0 unless set, as published
         * @param to after it, in [0, 1]; 1 unless set, as published
         * @return this builder
         * @throws IllegalArgumentException if a number is not in [0, 1]
         */
        public Builder beta(double from, double to) {
            this.beta = new Weight(from, to);
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public CrownIbpTraining build() {
            return new CrownIbpTraining(new Options(epsilon(), box(), ramp(), kappa(), beta, names()));
        }
    }
}
