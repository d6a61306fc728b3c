package org.jacreg.regularizer;

/**
 * How much the penalty of each sample counts.
 *
 * <p>A weighted penalty is {@code (1/N) sum_n w_n R(J_n)}. Weights depend on the graph's weights and are differentiated with
 * them, as in the published objectives.
 */
public sealed interface SampleWeights {

    /**
     * Every sample counts 1.
     *
     * @return the default
     */
    static SampleWeights uniform() {
        return new Uniform();
    }

    /**
     * {@code w_n = 1 - p_y(x_n)} with {@code p = softmax(logits)} and the true class y: less sure samples count more. With
     * cross-entropy the gradient of the loss by the logits has norms of at most {@code sqrt(2) (1 - p_y)} (l2) and {@code 1 -
     * p_y} (l_inf), so the weighted surrogate still bounds the first-order robust loss (derived in the documentation of {@link
     * SurrogateLoss}).
     *
     * @return weights in [0, 1]
     */
    static SampleWeights labelAware() {
        return new LabelAware();
    }

    /**
     * {@code w_n = 1 - p_y(x_n + epsilon sign(g_n))} with {@code g_n} the gradient of the loss by the input: the weight of ARoW
     * (Yang, Kong and Kim, ICML 2023, arXiv 2206.03353), less robust samples counting more, with the one-step attack FGSM in
     * the place of their PGD. The attacked input is held fixed, as there.
     *
     * @param epsilon radius of the l_inf attack in the units of the input, finite and positive
     * @return weights in [0, 1]
     * @throws IllegalArgumentException if epsilon is not finite and positive
     */
    static SampleWeights adversarial(double epsilon) {
        return new Adversarial(epsilon);
    }

    /** Every sample counts 1. */
    record Uniform() implements SampleWeights {}

    /** One minus the probability of the true class. */
    record LabelAware() implements SampleWeights {}

    /**
     * One minus the probability of the true class under attack.
     *
     * @param epsilon radius of the attack
     */
    record Adversarial(double epsilon) implements SampleWeights {

        /**
         * Checks the radius.
         *
         * @param epsilon radius of the attack
         */
        public Adversarial {
            if (!(epsilon > 0 && Double.isFinite(epsilon))) {
                throw new IllegalArgumentException("epsilon must be finite and positive, but is " + epsilon);
            }
        }
    }
}
